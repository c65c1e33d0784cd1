"""What keeping order enters when the forum is ready: words, what is held about people, what it reacts to."""

from frontdesk.core import events
from frontdesk.support.forum import experts, order_phrases, order_registration
from frontdesk.support.forum.events import AnswerAccepted, AnswerUnaccepted, PostAdded, PostChanged, TopicBegun
from frontdesk.support.forum.holding import watching


def enter() -> None:
    """Enter all of it."""
    order_phrases.enter()
    order_registration.enter()
    events.react(TopicBegun, watching.begun)
    events.react(PostAdded, watching.added)
    events.react(PostChanged, watching.changed)
    events.react(AnswerAccepted, experts.accepted)
    events.react(AnswerUnaccepted, experts.accepted)
