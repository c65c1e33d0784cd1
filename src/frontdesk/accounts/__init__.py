"""People: identity, sessions, second factors, roles, messages."""
