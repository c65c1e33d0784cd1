"""The mails beside the conversations' own: to colleagues who were named, the survey, the follow-up."""

from typing import Any

from django.utils.translation import gettext as _

from frontdesk.accounts.messages import sending
from frontdesk.accounts.models import Message as AccountMessage
from frontdesk.accounts.models import Person
from frontdesk.support.tickets import links
from frontdesk.support.tickets.models import Message


def mentioned(message: Message, colleague: Person) -> None:
    """Tell a colleague that a note names them; what it says stays at the desk."""
    conversation = message.conversation
    context = {
        "by": message.author_name,
        "conversation": conversation.reference,
        "reference": conversation.reference,
        "action_url": links.to_desk(conversation),
        "action_label": _("Open the conversation"),
    }
    _send(colleague, "mentioned", context)


def _send(to: Person | str, name: str, context: dict[str, Any]) -> AccountMessage:
    parts = {"letter_subject": f"tickets/mail/{name}.subject.txt", "letter_body": f"tickets/mail/{name}.body.txt"}
    return sending.send_mail(to=to, template=f"tickets/{name}", context={**parts, **context})
