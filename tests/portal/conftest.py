"""Time, and a bank in memory, in the hands of the tests of pages."""

from tests.licensing.conftest import time
from tests.support.bank import bank

__all__ = ["bank", "time"]
