"""The outbox: nothing leaves before commit, nothing is lost, secrets do not stay."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from frontdesk.core import clock, outbox
from frontdesk.core.models import OutboxMessage

TOPIC = "test.topic"
seen: list[outbox.Delivery] = []
failing = False


def handler(delivery: outbox.Delivery) -> None:
    if failing:
        raise RuntimeError("ada@example.org could not be reached")
    seen.append(delivery)


outbox.handle(TOPIC, handler)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    global failing  # noqa: PLW0603 - the handler is registered once for the process
    seen.clear()
    failing = False
    yield
    failing = False


@pytest.mark.django_db
def test_a_message_is_delivered_once_with_its_secret_which_is_then_erased() -> None:
    message = outbox.put(topic=TOPIC, payload={"n": 1}, secret="7K2QX")
    assert b"7K2QX" not in bytes(message.secret or b"")
    assert outbox.deliver_due() == 1
    assert [(each.payload, each.secret) for each in seen] == [({"n": 1}, "7K2QX")]
    message.refresh_from_db()
    assert message.secret is None
    assert outbox.deliver_due() == 0


@pytest.mark.django_db
def test_a_failing_message_waits_and_the_error_text_is_not_kept() -> None:
    global failing  # noqa: PLW0603
    failing = True
    message = outbox.put(topic=TOPIC, payload={})
    outbox.deliver_due()
    message.refresh_from_db()
    assert (message.attempts, message.last_error) == (1, "RuntimeError")
    assert message.due_at > clock.real_now()
    assert message.delivered_at is None


@pytest.mark.django_db
def test_a_message_that_always_fails_is_kept_as_failed() -> None:
    global failing  # noqa: PLW0603
    failing = True
    message = outbox.put(topic=TOPIC, payload={})
    for _ in range(len(outbox.PAUSES) + 1):
        OutboxMessage.objects.update(due_at=clock.real_now())
        outbox.deliver_due()
    message.refresh_from_db()
    assert message.failed_at is not None
    assert outbox.waiting() == 0


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_sends_nothing() -> None:
    with transaction.atomic():
        outbox.put(topic=TOPIC, payload={})
        transaction.set_rollback(True)
    assert outbox.deliver_due() == 0
    assert seen == []
