"""Settings of a server that lets one person say a thousand things in a minute: what tests faults, not limits."""

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS as REAL

INSTALLED_APPS = [*REAL, "tests.support.unthrottled_app.Unthrottled"]
