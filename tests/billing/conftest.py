"""Who pays, when, and the bank they pay at."""

from tests.licensing.conftest import ada, bob, person, time
from tests.support.bank import bank

__all__ = ["ada", "bank", "bob", "person", "time"]
