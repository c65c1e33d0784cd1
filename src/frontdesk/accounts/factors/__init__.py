"""Proving again that it is you: authenticators, passkeys, recovery codes, and the ways of a second step."""
