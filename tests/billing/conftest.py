"""Who pays, when, and the bank they pay at."""

from tests.licensing.conftest import ada, bob, person, time
from tests.support.bank import bank
from tests.support.races import beside

__all__ = ["ada", "bank", "beside", "bob", "person", "time"]
