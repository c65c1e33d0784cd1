"""Lines about what happened read as sentences, whatever an erasure has left of them."""

import pytest
from django.utils import translation

from frontdesk.support.tickets.models import Message
from frontdesk.support.tickets.phrases import EVENTS, GONE, event_line

# What an erasure keeps of an event (`erasing.KEPT_OF_EVENTS`) may be there or not.
LEFT = [{}, {"count": 2, "reference": "H7K-2QX-9MA", "score": 3, "target": "first"}, {"score": 9, "target": "x"}]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("what", sorted(EVENTS))
def test_every_line_can_be_read_after_an_erasure(what: str, language: str) -> None:
    with translation.override(language):
        for left in LEFT:
            line = event_line(Message(kind=Message.Kind.EVENT, data={"what": what, **left}))
            assert line
            assert line != what
            assert "%(" not in line


@pytest.mark.django_db
def test_what_is_gone_reads_as_an_ellipsis() -> None:
    said = {what: event_line(Message(kind=Message.Kind.EVENT, data={"what": what})) for what in EVENTS}
    assert said["assigned"] == f"Halcyon gave this to {GONE}"
    assert said["snoozed"] == f"Halcyon put this off until {GONE}"
    assert said["tags"] == f"Halcyon changed the tags: {GONE}"
    assert said["priority"] == f"Halcyon set the priority to {GONE}"
    assert said["seat_freed"] == f"Halcyon freed the seat of “{GONE}” · reason: {GONE}"
    assert said["area"].endswith(GONE)
    assert said["team"].endswith(GONE)
