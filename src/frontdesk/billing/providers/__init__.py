"""Payment providers: the Protocol that all share, and the adapters behind it."""
