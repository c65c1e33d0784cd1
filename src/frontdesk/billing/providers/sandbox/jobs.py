"""What the worker does for the test bank. Without the sandbox there are no rows, and nothing to do."""

from procrastinate.contrib.django import app

from frontdesk.billing import inbox
from frontdesk.billing.providers.sandbox import sweeping, webhooks


@app.periodic(cron="* * * * * */5")
@app.task(name="billing_sandbox.deliver_webhooks", queueing_lock="billing_sandbox.deliver_webhooks", pass_context=False)
def deliver_webhooks(timestamp: int = 0) -> int:
    """Hand the bank's webhooks to the vendor's inbox, by the same door as a network's."""
    return webhooks.deliver_due(lambda headers, raw: inbox.receive(provider="sandbox", headers=headers, raw=raw))


@app.periodic(cron="* * * * *")
@app.task(name="billing_sandbox.sweep", queueing_lock="billing_sandbox.sweep")
def sweep(timestamp: int = 0) -> int:
    """Open and decide disputes, and close pages, when their time has come."""
    return sweeping.sweep()
