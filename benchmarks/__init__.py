"""Measurements of what is said to be fast: `python -m benchmarks`."""
