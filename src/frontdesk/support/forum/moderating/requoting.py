"""Names that were taken away go from what others quoted with the button, too: its head says who said it.

The sweep does it a moment later, each post under its topic's lock: `clear_profile` holds the member's, which comes
last.
"""

import re
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from frontdesk.core import clock, events
from frontdesk.support.forum import adding, cleared, members, rendering, searching
from frontdesk.support.forum.events import Change, PostChanged
from frontdesk.support.forum.models import Decision, Member, Post, Revision

DONE = "requoted"
LATELY = timedelta(days=7)  # for how long a sweep that failed is tried again


def sweep() -> int:
    """Put the new name into the heads of quotations after each clearing of a name; returns how many posts changed.
    Safe to repeat."""
    rows = Decision.objects.filter(created_at__gt=clock.now() - LATELY, what=cleared.CLEARED, data__has_key="name")
    due = rows.exclude(data__has_key=DONE).select_related("member").order_by("created_at")
    return sum(_put_right(each, each.member) for each in due if each.member is not None)


def _put_right(decision: Decision, member: Member) -> int:
    old = str(decision.data["name"])
    changed = 0
    if cleared.is_in_force(decision) and old != member.name:
        heads = Heads(member, old)
        changed = sum(_rewrite(post, heads) for post in Post.objects.filter(text__contains=heads.begin))
        for revision in Revision.objects.filter(text__contains=heads.begin):
            Revision.objects.filter(pk=revision.pk).update(text=heads.renamed(revision.text))
    with transaction.atomic():
        row = Decision.objects.select_for_update().get(pk=decision.pk)
        if row.data:  # of who left meanwhile nothing is kept
            row.data[DONE] = changed
            row.save(update_fields=["data"])
    return changed


class Heads:
    """Heads of quotations of a member's posts under an old name."""

    def __init__(self, member: Member, old: str) -> None:
        self.member, self.name = member, rendering.label_of(member.shown_name)
        label = rendering.label_of(old)
        self.begin = f"**[{label}](/community/p/"
        self.pattern = re.compile(
            rf"^( {{0,3}}>[> ]*\*\*\[){re.escape(label)}(\]\(/community/p/([0-9a-f-]{{36}})/\)\*\*)", re.MULTILINE
        )

    def renamed(self, text: str) -> str:
        """The text with the name that the member has now, where it is their post that is quoted."""
        theirs = self._theirs(found[2] for found in self.pattern.findall(text))
        return self.pattern.sub(lambda it: f"{it[1]}{self.name}{it[2]}" if it[3] in theirs else it[0], text)

    def _theirs(self, keys: Iterable[str]) -> set[str]:
        rows = Post.objects.filter(pk__in=set(keys), author=self.member)
        return {str(pk) for pk in rows.values_list("pk", flat=True)}


@transaction.atomic
def _rewrite(post: Post, heads: Heads) -> bool:
    topic, current = adding.lock_at(post)
    text = heads.renamed(current.text)
    if text == current.text:
        return False
    known = members.handles_among(set(rendering.contents_of(text).handles))
    current.text, current.html = text, rendering.to_html(text, handles=known) if current.html else ""
    current.save(update_fields=["text", "html"])
    searching.enter(current, topic)
    events.publish(PostChanged(topic.pk, current.pk, Change.EDITED))
    return True
