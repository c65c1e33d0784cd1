"""What happened to an account, in words."""
