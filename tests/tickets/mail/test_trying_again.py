"""What fails on our side is tried again until it works; a mail that fails by itself is named in the end."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError

from frontdesk.core import clock
from frontdesk.support.tickets.mail.incoming import effects, processing, storing
from frontdesk.support.tickets.models import IncomingMail, Verdict
from tests.support import desk
from tests.support.letters import letter, multipart, part, token_of

pytestmark = pytest.mark.django_db


def tried(mail: IncomingMail) -> float:
    """Try once; the seconds until the next time, or -1 when there is a verdict."""
    now = clock.real_now()
    processing.process(mail.pk)
    mail.refresh_from_db()
    return -1 if mail.due_at is None else round((mail.due_at - now).total_seconds() / 10) * 10


def test_every_pause_is_taken_before_it_is_given_up() -> None:
    mail = storing.store(letter(to=token_of(desk.conversation("ada@example.org"))), source="test")
    with patch.object(effects, "carry_out", side_effect=ValueError):
        assert [tried(mail) for _ in range(6)] == [20, 60, 300, 1800, 7200, -1]
    assert (mail.verdict, mail.detail) == (Verdict.UNREADABLE, "failed: ValueError")


@pytest.mark.parametrize(
    ("where", "name", "failure"),
    [(default_storage, "save", OSError), (default_storage, "save", KeyError), (effects, "carry_out", OperationalError)],
)
def test_while_the_storage_or_the_database_is_away_mails_wait(where: Any, name: str, failure: type[Exception]) -> None:
    conversation = desk.conversation("ada@example.org")
    log = part("line\n", "text/plain", Content_Disposition='attachment; filename="a.log"')
    mail = storing.store(multipart(part("See the log."), log, to=token_of(conversation)), source="test")
    with patch.object(where, name, side_effect=failure):
        assert [tried(mail) for _ in range(9)] == [20, 60, 300, 1800, *[7200] * 5]
    assert mail.verdict == ""
    processing.process(mail.pk)
    mail.refresh_from_db()
    assert mail.verdict == Verdict.REPLY
    assert mail.message is not None
    assert mail.message.attachments.get().file


def test_a_mail_that_kills_its_worker_is_named_in_the_end_though_the_storage_was_away() -> None:
    mail = storing.store(letter(), source="test")
    IncomingMail.objects.filter(pk=mail.pk).update(attempts=len(processing.PAUSES))  # as the waiting leaves it
    with patch.object(processing, "_work", side_effect=SystemExit), pytest.raises(SystemExit):
        processing.process(mail.pk)
    IncomingMail.objects.filter(pk=mail.pk).update(due_at=clock.real_now() - timedelta(seconds=1))
    assert processing.process_due() == 1
    mail.refresh_from_db()
    assert (mail.verdict, mail.detail) == (Verdict.UNREADABLE, "crashed")
