"""Keeping order in the community."""
