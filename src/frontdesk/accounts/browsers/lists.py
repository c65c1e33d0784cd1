"""The browsers of a person as the account's page lists them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from frontdesk.accounts.browsers import user_agents
from frontdesk.accounts.models import KnownBrowser, Person, Session
from frontdesk.accounts.sessions import key_hash
from frontdesk.core import history


@dataclass(frozen=True)
class Shown:
    """A browser in a list; `is_here` says that it is the one that asks."""

    row: Session | KnownBrowser
    is_here: bool
    now: datetime

    @property
    def name(self) -> str:
        """Browser and system in words."""
        return user_agents.words(*user_agents.parts(self.row.user_agent))

    @property
    def icon(self) -> str:
        """The icon of its system."""
        return user_agents.icon(user_agents.parts(self.row.user_agent)[1])

    @property
    def where(self) -> str:
        """The place where one is known, and the network."""
        return history.joined([self.row.place, self.row.ip_prefix])

    @property
    def skips_second_step(self) -> bool:
        """Whether signing in there takes no second step."""
        until = self.row.remembered_until if isinstance(self.row, KnownBrowser) else None
        return until is not None and until > self.now


def sessions_of(person: Person, key: str | None, now: datetime) -> list[Shown]:
    """The sessions that go on, this one first, then by last use. `key` is the asking session's, `now` real time."""
    here = key_hash(key or "")
    rows = Session.objects.filter(person=person, expires_at__gt=now).defer("sealed_data").order_by("-last_used_at")
    return sorted((Shown(row, row.pk == here, now) for row in rows), key=lambda shown: not shown.is_here)


def known_to(person: Person, here: UUID | None, now: datetime) -> list[Shown]:
    """The browsers that are known for this person, this one first; `now` is real time."""
    rows = KnownBrowser.objects.filter(person=person).order_by("-last_used_at")
    return sorted((Shown(row, row.pk == here, now) for row in rows), key=lambda shown: not shown.is_here)
