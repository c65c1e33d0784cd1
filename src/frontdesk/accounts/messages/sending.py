"""Writing a mail: rendered and kept as a Message in the caller's transaction, sent from the outbox by the worker.

Templates are `<app>/mail/<name>.subject.txt`, `.txt` and `.html`, in the recipient's language; an app whose mails are
all built alike has one `letter.txt` and `letter.html` instead of the last two. Where `{{ secret }}`
stands, the kept message has a placeholder: the secret itself is only in the sealed outbox row, until the mail is sent.
"""

import secrets
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from frontdesk.accounts.models import Message, Person
from frontdesk.core import clock, outbox

TOPIC = "mail"
PLACEHOLDER = "[[secret]]"
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@transaction.atomic
def send_mail(
    *,
    to: Person | str,
    template: str,
    context: dict[str, Any],
    secret: str = "",
    secret_hint: str = "",
    address: str = "",
) -> Message:
    """Send a mail to a person, or to the address of somebody we do not know.

    `template` is "<app>/<name>". `secret` (a code, a link) is put where the templates say `{{ secret }}`; the kept
    message shows `secret_hint` there ("code ending in 9MA"). `address` sends a person's mail to another address than
    their own (the old one, say). Runs in the caller's transaction; nothing is sent before
    it commits. Templates also get `person` (None for a stranger) and `reference`.
    """
    person = to if isinstance(to, Person) else None
    address = address or (to.email if isinstance(to, Person) else to)
    reference = new_reference()
    values = {"person": person, "reference": reference, "secret": PLACEHOLDER, **context}
    folder, _slash, name = template.partition("/")
    language = (person.language if person else "") or translation.get_language() or None
    with translation.override(language), timezone.override(person.zone if person else None):
        kinds = ("subject.txt", "txt", "html")
        parts = [
            render_to_string([f"{folder}/mail/{name}.{kind}", f"{folder}/mail/letter.{kind}"], values) for kind in kinds
        ]
    subject, text, html = parts
    message = Message.objects.create(
        reference=reference,
        person=person,
        address=address,
        template=template,
        subject=" ".join(subject.split())[:200],
        text=text.strip() + "\n",
        html=html.strip(),
        secret_hint=secret_hint,
        created_at=clock.now(),
    )
    outbox.put(topic=TOPIC, payload={"message": str(message.pk)}, secret=secret)
    return message


def new_reference() -> str:
    """A fresh reference, such as H7K-2QX-9MA: 45 random bits, easy to read out."""
    symbols = "".join(secrets.choice(SYMBOLS) for _ in range(9))
    return "-".join(symbols[at : at + 3] for at in (0, 3, 6))
