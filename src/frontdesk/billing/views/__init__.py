"""Billing's own pages: each parses, authorises, calls one verb, renders."""
