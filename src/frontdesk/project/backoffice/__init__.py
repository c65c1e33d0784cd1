"""The back office: its site, its look, its dashboard."""
