"""A customer's licence pages."""
