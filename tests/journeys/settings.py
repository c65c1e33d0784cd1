"""Settings of the server that a journey drives: the tests' own, on the tests' database."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["JOURNEY_DATABASE"]
