"""How the vendor wants to chat: read at each step, changed by managers."""

import re
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit
from uuid import NAMESPACE_OID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from frontdesk.accounts.models import Person
from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.support.chat.errors import SettingsUnfit
from frontdesk.support.chat.models import ChatSettings

SUBJECT = uuid5(NAMESPACE_OID, "chat_settings")  # one row, known in the audit by a number of its own
MOST_SITES = 20
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")  # it goes into the page's security policy
LONGEST_WAIT = 240  # minutes: whoever waits longer has gone
LONGEST_RING = 3_600  # seconds


@dataclass(frozen=True)
class Wanted:
    """What managers set; moments in the units of their names. `sites`: origins (https://docs.halcyon.example)."""

    is_open: bool = True
    sites: tuple[str, ...] = ()
    take_within_seconds: int = 90
    ask_after_minutes: int = 5
    end_after_minutes: int = 15
    longest_wait_minutes: int = 15


def current() -> ChatSettings:
    """As they stand; as they come out of the box while nobody has saved any."""
    return ChatSettings.objects.filter(pk=1).first() or ChatSettings()


def sites() -> list[str]:
    """The other origins that may show the chat."""
    return current().sites.split()


@transaction.atomic
def save(*, actor: Actor, wanted: Wanted) -> ChatSettings:
    """Change them all; what runs follows them from its next step on. Raises SettingsUnfit."""
    _require_fit(wanted)
    origins = list(dict.fromkeys(_origin(each) for each in wanted.sites if each.strip()))
    if len(origins) > MOST_SITES:
        raise SettingsUnfit(field="sites", why=_("Name at most %(most)s sites.") % {"most": MOST_SITES})
    row, _new = ChatSettings.objects.select_for_update().get_or_create(pk=1)
    row.is_open, row.sites = wanted.is_open, "\n".join(origins)
    row.take_within_seconds, row.longest_wait_minutes = wanted.take_within_seconds, wanted.longest_wait_minutes
    row.ask_after_minutes, row.end_after_minutes = wanted.ask_after_minutes, wanted.end_after_minutes
    row.changed_by = Person.objects.filter(pk=actor.person).first() if actor.person else None
    row.save()
    data = {**asdict(wanted), "sites": origins}
    audit.record(actor=actor, action="chat.settings_saved", subject_type="chat_settings", subject=SUBJECT, data=data)
    return row


def _require_fit(wanted: Wanted) -> None:
    bounds = {
        "take_within_seconds": (10, LONGEST_RING),
        "ask_after_minutes": (1, LONGEST_WAIT),
        "end_after_minutes": (2, LONGEST_WAIT),
        "longest_wait_minutes": (1, LONGEST_WAIT),
    }
    for field, (least, most) in bounds.items():
        if not least <= getattr(wanted, field) <= most:
            why = _("Between %(least)s and %(most)s.") % {"least": least, "most": most}
            raise SettingsUnfit(field=field, why=why)
    if wanted.end_after_minutes <= wanted.ask_after_minutes:
        raise SettingsUnfit(
            field="end_after_minutes", why=_("First they are asked, then it ends: name a later moment.")
        )


def _origin(written: str) -> str:
    """An origin as browsers write it. Raises SettingsUnfit: with a path it would never match."""
    text = written.strip().rstrip("/").lower()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    is_local = parts.hostname in {"localhost", "127.0.0.1"}
    is_web = parts.scheme == "https" or (parts.scheme == "http" and is_local)
    if not is_web or not parts.hostname or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        why = _("“%(site)s” is no origin: write https:// and the name, nothing behind it.") % {"site": written.strip()}
        raise SettingsUnfit(field="sites", why=why)
    try:
        host = parts.hostname.encode("idna").decode()
    except UnicodeError:
        raise SettingsUnfit(field="sites", why=_("“%(site)s” is no name of a site.") % {"site": text}) from None
    if not HOST.fullmatch(host):
        raise SettingsUnfit(field="sites", why=_("“%(site)s” is no name of a site.") % {"site": text})
    default = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != default else "")
