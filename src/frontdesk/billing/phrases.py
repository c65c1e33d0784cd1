"""What billing's actions are called in a customer's history."""

from frontdesk.core import history
from frontdesk.core.history import Text, Topic

ORDERS: dict[str, Text] = {}
SUBSCRIPTIONS: dict[str, Text] = {}
MONEY: dict[str, Text] = {}
COUPONS: dict[str, Text] = {}


def enter() -> None:
    """Say what they are called."""
    about, entry = Topic.PAYMENTS, history.describe
    entry(about, "receipt", ORDERS)
    entry(about, "refresh-cw", SUBSCRIPTIONS)
    entry(about, "credit-card", MONEY)
    entry(Topic.OTHER, "ticket-percent", COUPONS)
