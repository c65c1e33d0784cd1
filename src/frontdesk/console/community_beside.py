"""What stands beside a conversation that came from the community: its topic, and members who might know."""

from dataclasses import dataclass

from frontdesk.support.forum import experts
from frontdesk.support.forum.experts import Expert
from frontdesk.support.forum.models import Post, Topic
from frontdesk.support.tickets.models import Channel, Conversation


@dataclass(frozen=True)
class FromCommunity:
    """The topic, and experts who have not written in it."""

    topic: Topic
    experts: list[Expert]


def topic_beside(conversation: Conversation) -> FromCommunity | None:
    """The topic that a conversation came from; None for all others, which cost no query."""
    if conversation.channel != Channel.FORUM:
        return None
    rows = Topic.objects.select_related("category__product")
    topic = rows.filter(conversation=conversation.pk).order_by("created_at").first()
    if topic is None:
        return None
    said = set(Post.objects.filter(topic=topic).values_list("author", flat=True))
    return FromCommunity(topic, experts.to_ask(topic.category, said))
