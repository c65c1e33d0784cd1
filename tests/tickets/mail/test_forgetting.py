"""Of an erased person's mails stays a mark that tells nothing by itself: a mailbox must not bring them back."""

from uuid import uuid4

import pytest

from frontdesk.core.personal import Traces
from frontdesk.support.tickets import erasing
from frontdesk.support.tickets.mail.incoming import forgetting
from frontdesk.support.tickets.models import ErasedMail, IncomingMail
from tests.support import desk
from tests.support.letters import arrives, letter, token_of

pytestmark = pytest.mark.django_db


def test_erasing_somebody_leaves_marks_of_their_mails_alone() -> None:
    own, others = desk.conversation("ada@example.org"), desk.conversation("bob@example.org")
    hers = [
        arrives(letter("In her own", to=token_of(own))),
        arrives(letter("In another's, and in review", to=token_of(others))),
        arrives(letter("Of nothing yet")),
    ]
    kept = arrives(letter("His", sender="bob@example.org", to=token_of(others)))
    for _again in range(2):
        erasing.erase(Traces(person=uuid4(), addresses=frozenset({"ada@example.org"})))
    assert list(IncomingMail.objects.all()) == [kept]
    assert [forgetting.was_erased(each.sha256) for each in [*hers, kept]] == [True, True, True, False]
    assert not {each.mark for each in ErasedMail.objects.all()} & {each.sha256 for each in hers}
