"""Installations for tests of the whole."""

import shutil
import sys
from collections.abc import Callable, Iterator

import pytest

from frontdesk.project.postgres.owner import current, home_for
from tests.project.desk import Desk

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture(scope="module")
def new_desk() -> Iterator[Callable[..., Desk]]:
    """Makes installations that are stopped and removed behind the module."""
    made: list[Desk] = []

    def make(**options: str) -> Desk:
        made.append(Desk(**options))  # type: ignore[arg-type] # settings of the installation
        return made[-1]

    yield make
    for desk in made:
        desk.close()
        home = home_for(desk.data, current())
        shutil.rmtree(desk.data.parent, ignore_errors=True)
        if not home.is_relative_to(desk.data):
            shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def demo(new_desk: Callable[..., Desk]) -> Desk:
    """The demo, being served."""
    desk = new_desk()
    desk.serve("demo", "run")
    return desk
