"""Tags of the community."""
