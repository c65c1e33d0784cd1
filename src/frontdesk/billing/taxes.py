"""Rates of tax: rows of a table, by country and day."""

from datetime import date
from pathlib import Path


def rate_of(country: str, on: date) -> int:
    """The rate in basis points; 0 for a country without a row."""
    raise NotImplementedError


def load(file: Path) -> int:
    """Enter rates from a CSV file (country, basis points, valid from); returns how many are new. Safe to repeat."""
    raise NotImplementedError
