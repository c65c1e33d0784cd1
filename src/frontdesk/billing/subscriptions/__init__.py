"""Subscriptions: how they begin, what the sweep does with them and when, and what customers change on them."""
