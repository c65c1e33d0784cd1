"""What the tests of order in the forum share."""

from tests.support.races import beside

__all__ = ["beside"]
