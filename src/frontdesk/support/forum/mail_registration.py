"""What follows from what happens in the community: news, mails, the team's clock, the help search, replies by mail."""

from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.messages import threads
from frontdesk.core import events, outbox
from frontdesk.support.forum import arriving, entries, escalating
from frontdesk.support.forum.events import (
    AnswerAccepted,
    AnswerUnaccepted,
    PostAdded,
    PostChanged,
    TopicArranged,
    TopicBegun,
)
from frontdesk.support.forum.notifying import heads, telling
from frontdesk.support.helpcentre.search import indexing
from frontdesk.support.tickets.mail.incoming import destinations
from frontdesk.ui import navigation


def enter() -> None:
    """Say who hears of what."""
    navigation.register(_("News of the community"), "forum:news", 10, "customer", place="account", icon="bell")
    outbox.handle(telling.TOPIC, telling.tell)
    threads.keep_threads("forum", heads.thread_of)
    destinations.register(arriving.FORUM)
    indexing.register(entries.KIND, entries.every)
    for reaction in (telling.begun, escalating.begun):
        events.react(TopicBegun, reaction)
    for added in (telling.added, escalating.added):
        events.react(PostAdded, added)
    for changed in (telling.changed, escalating.changed, entries.changed):
        events.react(PostChanged, changed)
    for accepted in (telling.accepted, escalating.accepted, entries.accepted):
        events.react(AnswerAccepted, accepted)
    for unaccepted in (escalating.arranged, entries.unaccepted):
        events.react(AnswerUnaccepted, unaccepted)
    events.react(TopicArranged, escalating.arranged)
