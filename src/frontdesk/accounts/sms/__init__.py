"""SMS: written to the outbox, sent by the worker through one adapter (`FRONTDESK_SMS`), within budgets."""

from frontdesk.accounts.sms.adapters import offered
from frontdesk.accounts.sms.budgets import reserve
from frontdesk.accounts.sms.sending import send, send_code

__all__ = ["offered", "reserve", "send", "send_code"]
