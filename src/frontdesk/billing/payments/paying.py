"""Starting payments. None of these may be called inside a transaction (`outside.InsideTransaction`)."""

from frontdesk.billing.models import Invoice, Payment, PaymentMethod


def by_page(*, invoice: Invoice, return_url: str, cancel_url: str) -> Payment:
    """Let the customer pay on the provider's page: `payment.action_url` leads there. An open page is given again.

    Raises NotPayable, PaymentProviderAway.
    """
    raise NotImplementedError


def by_method(*, invoice: Invoice, method: PaymentMethod, on_session: bool, return_url: str = "") -> Payment:
    """Charge a kept card; returns the payment as it stands afterwards (settled, waiting for the customer, or unknown).

    Raises NotPayable, PaymentUnderWay. What an earlier, cut-off call began is finished under the same key.
    """
    raise NotImplementedError


def cancel(*, payment: Payment) -> Payment:
    """The customer came back without paying, or the page is too old: ask the provider, then close the try."""
    raise NotImplementedError
