"""What is entered is found, what is taken out is not."""

from uuid import uuid4

import pytest

from frontdesk.core import clock
from frontdesk.support.helpcentre.search import finding, indexing
from frontdesk.support.helpcentre.search.indexing import Findable

pytestmark = pytest.mark.django_db


def test_found_while_it_is_there() -> None:
    """Entered, changed, taken out."""
    subject = uuid4()

    def say(title: str) -> None:
        indexing.put(Findable("article", subject, "en", "/help/seats/", "seats", title, "A body.", clock.now()))

    say("Free a seat")
    assert [hit.slug for hit in finding.find("seats", language="en")] == ["seats"]
    say("Deactivate a device")
    assert not finding.find("seats", language="en")
    assert finding.find("deactiv", language="en")
    indexing.remove(kind="article", subject=subject)
    assert not finding.find("deactiv", language="en")
