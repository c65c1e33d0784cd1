"""Automation: rules on a fixed vocabulary, tried on last month's conversations before they are saved."""
