"""The names that canned replies and automatic answers may use, and what they stand for."""

from frontdesk.accounts.models import Person
from frontdesk.support.tickets.models import Conversation


def fill(text: str, *, conversation: Conversation, agent: Person | None) -> str:
    """Put in {{customer_name}}, {{agent_name}}, {{reference}}, {{product}}, {{subject}}, {{portal_url}}.

    A name that is not known stays as it is, so that its writer sees it. Nothing in the values is filled in again.
    """
    raise NotImplementedError
