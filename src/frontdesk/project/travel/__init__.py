"""Travelling in time, in the demo: to each moment at which something is due, and what happened there in plain words."""
