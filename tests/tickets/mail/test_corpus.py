"""Every public mail at hand ends with a verdict, and none raises. `python -m scripts.mail_corpus` fetches more."""

from pathlib import Path

import pytest
from scripts import mail_corpus

from frontdesk.support.tickets.mail.incoming import processing, storing
from frontdesk.support.tickets.mail.incoming.reading.reader import read
from frontdesk.support.tickets.models import IncomingMail, Verdict

pytestmark = pytest.mark.django_db
COLLECTIONS = dict(mail_corpus.corpora())


def mails(name: str) -> list[Path]:
    """The mails of a collection; without them the test is skipped."""
    if not COLLECTIONS[name]:
        pytest.skip(f"the mails of {name} are not at hand: python -m scripts.mail_corpus fetches them")
    return COLLECTIONS[name]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_mail_of_a_collection_ends_with_a_verdict(name: str) -> None:
    for file in mails(name):
        raw = file.read_bytes()
        outcome = processing.run(storing.store(raw, source="test").pk, read=read(raw))
        assert outcome.mail.verdict in Verdict.values, file.name
        assert not outcome.mail.detail.startswith(("failed", "error")), file.name
    assert not IncomingMail.objects.filter(verdict="").exists()


def test_what_mailmans_people_have_collected_is_recognised() -> None:
    kinds = {file.stem: read(file.read_bytes()).kind for file in mails("flufl.bounce")}
    # Warnings and an automatic receipt are no failures, one came through a list, one is no bounce at all, and one
    # ("RE: …") looks so much like a person's words that nobody's mail should be lost for it; the rest came back.
    unclear = {"groupwise_03", "simple_20"}
    assert {name for name, kind in kinds.items() if kind == ""} == unclear
    assert sum(kind == "bounce" for kind in kinds.values()) >= 100
