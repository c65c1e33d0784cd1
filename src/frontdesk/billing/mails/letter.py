"""How every mail of billing is written: a subject, paragraphs, facts in a table, one link.

The texts are `billing/mail/<name>.subject.txt` and `<name>.body.txt`; `letter.txt` and `letter.html` carry them.
What depends on the language (amounts, days, labels) is turned into words while the mail is rendered, in its
recipient's language; days are said in the zone of the contract.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _

from frontdesk.accounts.messages.sending import PLACEHOLDER, send_mail
from frontdesk.accounts.models import Message, Person
from frontdesk.billing.zones import zone_of
from frontdesk.core.reasons import Text

Facts = Iterable[tuple[Text, object]]


@dataclass(frozen=True)
class Day:
    """A day (with `clock`: and the time) as it is called in a zone; in words only when it is shown."""

    moment: datetime
    zone: str
    clock: bool = False

    def __str__(self) -> str:
        local = self.moment.astimezone(zone_of(self.zone))
        if not self.clock:
            return formats.date_format(local, "DATE_FORMAT")
        return f"{formats.date_format(local, 'DATETIME_FORMAT')} ({local.tzname()})"


@dataclass(frozen=True)
class Said:
    """Words that depend on the language, said only when they are shown."""

    words: Callable[[], str]

    def __str__(self) -> str:
        return self.words()


def page(path: str) -> str:
    """The address of a page of this installation."""
    return f"{settings.FRONTDESK_URL}{path}"


def send(
    to: Person | str | None,
    name: str,
    *,
    context: dict[str, Any],
    facts: Facts = (),
    link: str = "",
    label: Text = "",
    address: str = "",
    is_secret: bool = False,
) -> Message | None:
    """Write the mail `name` with one link. None when there is nobody to write to any more (an erased account).

    `is_secret`: the link opens something without signing in, so the kept message does not show it.
    """
    if not to:
        return None
    values = {
        "letter_subject": f"billing/mail/{name}.subject.txt",
        "letter_body": f"billing/mail/{name}.body.txt",
        "facts": [(label_, value) for label_, value in facts if value not in ("", None)],
        "action_url": PLACEHOLDER if is_secret else link,
        "action_label": label,
        **context,
    }
    secret, hint = (link, _("link in the mail")) if is_secret else ("", "")
    return send_mail(
        to=to, template=f"billing/{name}", context=values, address=address, secret=secret, secret_hint=hint
    )
