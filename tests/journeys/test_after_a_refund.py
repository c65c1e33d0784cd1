"""A product with the SDK, on a licence that is paid back: it stops at its next check, over HTTP, end to end."""

from datetime import datetime, timedelta

import pytest

from frontdesk.accounts.models import Person
from frontdesk.billing.models import Payment, Refund
from frontdesk.core import outbox, signing
from frontdesk.core.models import OutboxMessage
from frontdesk_client import Client, MemoryStore, errors
from frontdesk_client.clocks import SystemClock
from tests.licensing.conftest import ada, person
from tests.people import signed_in
from tests.support import sales
from tests.support.bank import Bank, bank
from tests.support.mailbox import secret_of
from tests.support.server import Server

__all__ = ["ada", "bank", "person"]
pytestmark = pytest.mark.django_db(transaction=True)


class Later(SystemClock):
    """The device's clock, so much later as a test says."""

    ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


def test_after_a_refund_the_next_check_stops_the_product(ada: Person, bank: Bank) -> None:
    pem, root = signing.new_root()
    signing.rotate(root=signing.load_root(pem))
    sales.buy(ada)
    code = secret_of(OutboxMessage.objects.filter(topic="mail", secret__isnull=False).get())
    clock = Later()
    with Server() as server:
        product = Client(
            server.url,
            "halcyon-shield",
            root,
            MemoryStore(),
            clock,
            find_fingerprint=lambda product: "machine id of a laptop",
        )
        product.activate(code)
        assert not product.check().refresh_due
        payment = Payment.objects.get()
        page = signed_in(ada)
        key = page.get(f"/billing/payments/{payment.pk}/refund/").context["key"]
        page.post(f"/billing/payments/{payment.pk}/refund/", {"key": key})
        assert Refund.objects.get().status == Refund.Status.SUCCEEDED
        outbox.deliver_due()
        product.check()  # its lease is good for a while yet, and nobody is asked
        clock.ahead = timedelta(hours=25)
        with pytest.raises(errors.FrontdeskError) as stopped:
            product.check(wait=True)
        assert stopped.value.reason == "license_refunded"
        with pytest.raises(errors.FrontdeskError):
            product.check()  # and it stays so, also without a connection
    with pytest.raises(errors.FrontdeskError):
        product.check()
