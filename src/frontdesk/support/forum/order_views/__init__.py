"""The community's pages about levels, experts and order."""
