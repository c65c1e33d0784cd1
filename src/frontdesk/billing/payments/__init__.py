"""Payments: intent row → provider → settlement, each in its own transaction; the sweep finishes what was cut off."""
