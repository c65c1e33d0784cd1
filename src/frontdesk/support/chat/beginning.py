"""A chat begins: a conversation of its own, with a place in the queue."""

from dataclasses import replace
from uuid import UUID

from django.db import connection, transaction

from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.chat import presence, queue, rows, selectors, talking
from frontdesk.support.chat.errors import NobodyThere
from frontdesk.support.chat.models import Chat, Visitor
from frontdesk.support.helpcentre.models import Article
from frontdesk.support.tickets.conversations.opening import Matter, Opening, Requester, open_conversation
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.models import Area, Channel, Conversation, Participant

SUBJECT = 80


@transaction.atomic
def begin(
    *,
    actor: Actor,
    requester: Requester,
    text: str,
    client_id: UUID,
    page: str = "",
    site: str = "",
    area: Area | None = None,
    article: Article | None = None,
    visitor: Visitor | None = None,
    words: Words | None = None,
    matter: Matter | None = None,
) -> Chat:
    """Open the chat with its first question, and offer it to an agent. A guest is a `visitor` who proved their address
    (`visitors.requester` makes the requester). `words` instead of `text` brings files along.
    `matter` is what the page knows of it beyond area and article.

    Whoever chats already says it there: one is on at a time, however often and fast they begin. Raises NobodyThere
    (the page offers the form), TooManyAttempts, TextTooLong and NothingSaid; ValueError for a guest without a visitor.
    """
    if requester.person is None and (visitor is None or visitor.proved_at is None):
        raise ValueError("guests prove their address first")
    said = talking.clean(words or Words(text))
    whose = f"chat of {requester.person.pk}" if requester.person else f"chat of {requester.address.strip().lower()}"
    with connection.cursor() as cursor:  # beginning twice at once: one after the other
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [whose])
    owner = requester.person or visitor
    if owner is not None and (found := selectors.on_of(owner) or selectors.begun_by(owner, client_id)):
        return _goes_on(found, actor, said, client_id)
    matter = _matter(matter or Matter(), area, article)
    if not queue.offer(matter.area).is_open:
        raise NobodyThere
    opening = Opening(
        requester=requester,
        subject=_subject(said.text),
        words=said,
        channel=Channel.CHAT,
        matter=matter,
        client_id=client_id,
        data={"article": article.slug} if article else {},
        in_chat=True,
    )
    return _begun(open_conversation(actor=actor, opening=opening), actor, page, site, visitor)


def _goes_on(chat: Chat, actor: Actor, said: Words, client_id: UUID) -> Chat:
    """What they said belongs to the chat that is on already."""
    writer = rows.customer(chat)
    if writer is not None:
        talking.customer_says(actor=actor, chat=chat, writer=writer, words=said, client_id=client_id)
    chat.refresh_from_db()
    return chat


def _begun(conversation: Conversation, actor: Actor, page: str, site: str, visitor: Visitor | None) -> Chat:
    """The chat's row; the conversation may have found its agent already."""
    now = clock.now()
    conversation.refresh_from_db()
    Participant.objects.filter(conversation=conversation, role=Participant.Role.REQUESTER).update(
        last_read_sequence=conversation.last_sequence
    )
    chat = Chat.objects.create(
        conversation=conversation,
        visitor=visitor,
        page=page[:500],
        site=site[:200],
        began_at=now,
        given_at=now if conversation.assignee_id else None,
        customer_here_until=clock.real_now() + presence.LASTS,
        next_step_at=now,
    )
    rows.enter(actor, "chat.begun", chat, {"site": chat.site})
    return chat


def _subject(text: str) -> str:
    """The first line of what they ask, as far as a subject goes."""
    line = " ".join(text.split("\n", 1)[0].split())
    return line if len(line) <= SUBJECT else line[: SUBJECT - 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"


def _matter(known: Matter, area: Area | None, article: Article | None) -> Matter:
    code = known.reason_code or (article.reasons.values_list("code", flat=True).first() if article else "") or ""
    area = area or known.area
    area = area or (Area.objects.filter(reason_codes__contains=[code]).first() if code else None)
    return replace(known, area=area, product=known.product or (article.product if article else None), reason_code=code)
