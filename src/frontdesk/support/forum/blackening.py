"""By what somebody was called, and where each of it may be taken out when they leave.

Anybody may call themselves "the" or "update". So in what others wrote only goes what means nobody else: addresses and
numbers, `@handle`, and names that are seldom enough; all of it goes from what they wrote themselves, and from where
others quote that. HTML is never searched: it is made anew from the text, or read (`core.blackening`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from frontdesk.core import blackening
from frontdesk.core.personal import Traces
from frontdesk.support.forum import claiming, quotations
from frontdesk.support.forum.models import Member, Post, Topic
from frontdesk.support.helpcentre.models import SearchEntry

GONE = "…"
SHORTEST_RARE = 5  # signs of a name that may be taken out of what others wrote
COMMON = 3  # posts of others in which a name stands that cannot mean them: it is a word like others
NOTHING = re.compile(r"(?!)")
HEAD = re.compile(
    quotations.QUOTED.pattern + r"\*\*\[.*\]\(/community/p/(?P<post>[0-9a-f-]{36})/\)\*\*\s*", re.IGNORECASE
)
ADDRESS = r"(?P<url>https?://\S+)"


@dataclass(frozen=True)
class Words:
    """What goes: everything from their own words, `others` from those of others. `posts` are theirs, by their ids."""

    own: re.Pattern[str]
    others: re.Pattern[str]
    told: re.Pattern[str]  # everything, or a whole address of a page
    handles: tuple[str, ...]
    posts: frozenset[str]

    def from_own(self, text: str) -> str:
        """What they wrote, without anything that they were called."""
        return self.own.sub(GONE, text)

    def from_others(self, text: str) -> str:
        """What somebody else wrote, in Markdown or plain words; what is quoted there of theirs counts as theirs."""
        if not self.posts or "](/community/p/" not in text:
            return self.others.sub(GONE, text)
        return "".join(self._quoting(text.splitlines(keepends=True)))

    def _quoting(self, lines: Iterable[str]) -> Iterable[str]:
        is_theirs = False
        for line in lines:
            head = HEAD.fullmatch(line)
            goes_on = is_theirs and quotations.QUOTED.match(line) is not None
            is_theirs = head["post"].lower() in self.posts if head else goes_on
            if head and is_theirs:
                yield f"> **[{GONE}](/community/p/{head['post']}/)**\n"
            else:
                yield (self.own if is_theirs else self.others).sub(GONE, line)

    def from_mail(self, text: str, *, tells_theirs: bool) -> str:
        """The plain words of a mail; `tells_theirs`: it passes on what they wrote, beside addresses of ours that must
        go on to lead where they do."""
        if not tells_theirs:
            return self.from_others(text)
        return self.told.sub(lambda found: self.others.sub(GONE, found[0]) if found["url"] else GONE, text)

    def from_html(self, html: str, *, tells_theirs: bool) -> str:
        """The same for its HTML."""
        return blackening.in_html(
            html,
            words=lambda text: self.from_mail(text, tells_theirs=tells_theirs),
            addresses=lambda link: self.others.sub(GONE, link),
        )


def words_of(member: Member, traces: Traces) -> Words:
    """Everything by which somebody was called."""
    handles = handles_of(member)
    names = {member.name} | traces.names
    sure = traces.addresses | traces.numbers
    all_of_it = [_whole(word, "@?") for word in _longest_first(sure | names | set(handles))]
    certain = [_whole(word) for word in _longest_first(sure)]
    certain += [rf"(?<![\w@./-])@{re.escape(each)}(?!-*\w)" for each in handles]
    certain += [rf"(?<=/u/){re.escape(each)}(?![\w-])" for each in handles]
    certain += [_whole(word) for word in _longest_first(names) if _is_rare(word, member)]
    return Words(
        own=_any(all_of_it),
        others=_any(certain),
        told=_any([ADDRESS, *all_of_it]),
        handles=handles,
        posts=frozenset(str(pk) for pk in member.posts.values_list("pk", flat=True)),
    )


def handles_of(member: Member) -> tuple[str, ...]:
    """Theirs, and those that they had."""
    return (member.handle, *member.former_handles.values_list("handle", flat=True))


def near(member: Member, handles: Iterable[str]) -> QuerySet[Post]:
    """Posts of topics in which they wrote, and those that mention them."""
    written = Topic.objects.filter(Q(author=member) | Q(posts__author=member)).values("pk")
    return Post.objects.filter(Q(topic__in=written) | Q(mentions__overlap=list(handles)))


def unclaimed(traces: Traces) -> QuerySet[Member]:
    """Imported members who wait for one of their addresses: what they wrote before they came here."""
    marks = [mark for each in traces.addresses if (mark := claiming.mark_of(each))]
    return Member.objects.filter(person=None, claim_address_hash__in=marks)


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(set(words) - {""}, key=lambda word: (-len(word), word))


def _whole(word: str, before: str = "") -> str:
    return rf"(?<!\w){before}{re.escape(word)}(?!\w)"


def _any(parts: Iterable[str]) -> re.Pattern[str]:
    every = "|".join(parts)
    return re.compile(every, re.IGNORECASE) if every else NOTHING


def _is_rare(name: str, member: Member) -> bool:
    """Whether a name that others write can mean only them: long enough, nobody else's, and no word of the help, of
    topics that have nothing to do with them, or of the time before they came."""
    if len(name) < SHORTEST_RARE:
        return False
    said = rf"(?<!\w){re.escape(name)}(?!\w)"
    if Member.objects.exclude(pk=member.pk).filter(name__iregex=said).exists():
        return False
    if (
        SearchEntry.objects.filter(kind=SearchEntry.Kind.ARTICLE)
        .filter(Q(body__iregex=said) | Q(title__iregex=said))
        .exists()
    ):
        return False
    around = near(member, handles_of(member)).values("topic")
    apart = Q(created_at__lt=member.joined_at) | ~Q(topic__in=around)
    others = Post.objects.exclude(author=member).filter(apart, text__iregex=said)
    return len(others.values_list("pk")[:COMMON]) < COMMON
