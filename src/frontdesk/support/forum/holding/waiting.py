"""Whether a post is shown at once or waits for somebody to look at it, and for which reason."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from frontdesk.core import clock
from frontdesk.core.reasons import Text
from frontdesk.support.forum import rights
from frontdesk.support.forum.holding import lookalikes, reading
from frontdesk.support.forum.holding.limits import limits_of
from frontdesk.support.forum.models import Member, OrderSettings, Post, Trace

if TYPE_CHECKING:  # texts are rendered with the paths of members, whose names are looked at here
    from frontdesk.support.forum.rendering import Contents

Level = Member.Level
WHY: dict[str, Text] = {
    "words": _("It holds a word that the team wants to look at"),
    "look_alike": _("A link leads to a place that looks like another one"),
    "links": _("There are many links in it"),
    "first_links": _("Links, pictures and addresses of new members are looked at first"),
    "mentions": _("It names many people"),
    "storm": _("Many new members name the same person at the moment"),
    "same_words": _("The same words were posted a moment ago"),
    "silenced": _("Its author is silenced"),
    "flags": _("Members have reported it"),
    "asked_again": _("Its author has changed it and asks for another look"),
}
SPREADS = frozenset({"words", "look_alike", "first_links", "links"})  # of WHY: what says something to readers
ALIKE = timedelta(days=1)
STORM = timedelta(hours=1)
SHORTEST = 20  # letters; "Thank you" is said by many
TRACED = Level.BASIC  # up to which level traces are kept


@dataclass(frozen=True)
class Draft:
    """A text about to be posted, with its title; `digest` is of the text alone, `edits` the post that it replaces.

    `text` is all of it; `open` what may be spread in it (`reading.seen_in`).

    Links are looked for twice, since each way finds what the other does not: in the words that people read (`text`),
    and among those that the page makes of it (`made`).
    """

    member: Member
    text: str
    open: str
    digest: str
    mentions: Collection[str]
    made: Collection[str]
    rules: OrderSettings
    edits: Post | None

    @cached_property
    def own(self) -> list[str]:
        """Hosts that are ours or trusted."""
        return known_hosts(self.rules)

    @cached_property
    def foreign(self) -> list[str]:
        """All others."""
        made = [host for link in self.made if (host := reading.host_of(link))]
        found = dict.fromkeys([*reading.hosts(self.open), *made])
        return [host for host in found if not self._is_own(host)]

    @cached_property
    def links(self) -> int:
        """How many links lead to strangers."""
        written = [link for link in reading.links(self.open) if self._leads_away(link)] if self.foreign else []
        made = [link for link in self.made if not self._is_own(reading.host_of(link))]
        return max(len(written), len(made))

    @cached_property
    def in_passing(self) -> set[str]:
        """Hosts that are said by name alone."""
        return reading.in_passing(self.open).difference(reading.host_of(link) for link in self.made)

    def _leads_away(self, link: str) -> bool:
        hosts = reading.hosts(link)
        return not all(self._is_own(host) for host in hosts) if hosts else not reading.OWN_PATH.match(link)

    def _is_own(self, host: str) -> bool:
        return any(_is_within(host, each) for each in self.own)

    @property
    def others(self) -> set[str]:
        """Who is named, but for themselves."""
        return {name for name in self.mentions if name != self.member.handle}


def reason_to_wait(
    member: Member, text: str, contents: "Contents | None" = None, *, title: str = "", edits: Post | None = None
) -> str:
    """Why this waits for a look: a key of WHY, or "" when it is shown at once. The team's never wait.

    `contents`: what the page makes of the text; without it (a title alone) names are read from the words. `edits`: the
    post that it would replace.
    """
    if rights.is_staff(member):
        return ""
    seen = reading.plain(f"{title}\n{text}")
    named = reading.mentions(seen) if contents is None else {name.lower() for name in contents.handles}
    made = contents.links if contents else ()
    prose, code = (f"{title}\n{contents.prose}", contents.code) if contents else (seen, "")
    shown = reading.seen_in(reading.plain(prose), reading.plain(code))
    draft = Draft(member, seen, shown, digest_of(text), named, made, current_rules(), edits)
    return next((why for why, holds in _CHECKS.items() if holds(draft)), "")


def is_fit_for_profile(member: Member, text: str) -> bool:
    """Whether a name or what somebody says about themselves may be shown at once: it cannot wait, as posts do."""
    return reason_to_wait(member, text) not in SPREADS


def words_for(why: str) -> Text:
    """A reason in words; "" for none."""
    return WHY.get(why, "")


def current_rules() -> OrderSettings:
    """The vendor's rules, or those that hold until they write some."""
    return OrderSettings.objects.first() or OrderSettings(pk=1)


def known_hosts(rules: OrderSettings) -> list[str]:
    """Our own host and those that the vendor trusts."""
    own = (urlsplit(settings.FRONTDESK_URL).hostname or "").removeprefix("www.")
    return [each.lower() for each in (own, *rules.hosts) if each]


def digest_of(text: str) -> str:
    """A digest of what a text says, "" where it is too short to be told from others'."""
    words = reading.same_words(text)
    return hashlib.sha256(words.encode()).hexdigest() if len(words) >= SHORTEST else ""


def _is_within(host: str, of: str) -> bool:
    return host == of or host.endswith(f".{of}")


def _silenced(draft: Draft) -> bool:
    until = draft.member.silenced_until
    return until is not None and until > clock.now()


def _listed_words(draft: Draft) -> bool:
    text = f" {' '.join(draft.text.casefold().split())} "
    return any(word.casefold() in text for word in draft.rules.words if word.strip())


def _look_alike(draft: Draft) -> bool:
    return reading.misnamed(draft.open) or any(
        lookalikes.looks_like(host, draft.own, is_said=host in draft.in_passing) for host in draft.foreign
    )


def _first_links(draft: Draft) -> bool:
    if draft.member.level >= Level.BASIC:
        return False
    has_picture = reading.PICTURE.search(draft.open) is not None
    return bool(draft.links) or has_picture or reading.contacts(draft.open)


def _many_links(draft: Draft) -> bool:
    return draft.links > limits_of(draft.member).links


def _many_mentions(draft: Draft) -> bool:
    most = min(limits_of(draft.member).mentions, draft.rules.most_mentions)
    return len(draft.others) > most


def _storm(draft: Draft) -> bool:
    """Several new members have named one of these people within the hour."""
    if draft.member.level > Level.NEW or not draft.others:
        return False
    traces = Trace.objects.filter(
        kind=Trace.Kind.MENTION, key__in=draft.others, created_at__gt=clock.now() - STORM, member__level=Level.NEW
    )
    namers: dict[str, set[object]] = {}
    for key, member in traces.exclude(member=draft.member).values_list("key", "member"):
        namers.setdefault(key, set()).add(member)
    return any(len(found) + 1 > draft.rules.storm_count for found in namers.values())


def _same_words(draft: Draft) -> bool:
    """The member posted it before, or another new member did; an edit is no repetition of what it replaces."""
    if draft.member.level > TRACED or not draft.digest:
        return False
    traces = Trace.objects.filter(kind=Trace.Kind.WORDS, key=draft.digest, created_at__gt=clock.now() - ALIKE)
    return (traces.exclude(member=draft.member) if draft.edits is not None else traces).exists()


_CHECKS: dict[str, Callable[[Draft], bool]] = {
    "silenced": _silenced,
    "words": _listed_words,
    "look_alike": _look_alike,
    "first_links": _first_links,
    "links": _many_links,
    "mentions": _many_mentions,
    "storm": _storm,
    "same_words": _same_words,
}
