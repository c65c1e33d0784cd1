"""A solved conversation becomes a draft article in one click: question and answers, without whom it was about."""

import re
from collections.abc import Iterator

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from frontdesk.core.actors import Actor
from frontdesk.support.helpcentre import articles, drafts
from frontdesk.support.helpcentre.models import Article
from frontdesk.support.texts import language_for
from frontdesk.support.tickets.actors import note
from frontdesk.support.tickets.conversations import adding
from frontdesk.support.tickets.models import Conversation, Message
from frontdesk.support.tickets.scrubbing import scrub


@transaction.atomic
def draft_article(*, actor: Actor, conversation: Conversation) -> Article:
    """The draft made of this conversation, or the one that was made before. Nothing is public until an editor, who
    reads it, publishes it. Raises ValueError for a conversation that nobody answered."""
    current = adding.lock(conversation)
    if made := Article.objects.filter(drafted_from=current.pk).first():
        return made
    said = list(_said(current))
    if not any(message.kind == Message.Kind.AGENT for message in said):
        raise ValueError("there is no answer to make an article of")
    language = language_for(current.language)
    names = list(_names(current, said))
    with translation.override(language):
        title = scrub(current.subject, names) or _("Untitled")
        body = _body(said, names)
    article = articles.create(
        actor=actor,
        slug=title,
        language=language,
        writing=articles.Writing(title=title[:200], body=body, note=current.reference),
        drafted_from=current.pk,
    )
    if current.product_id:
        Article.objects.filter(pk=article.pk).update(product=current.product_id)
    adding.event(current, "drafted", actor)
    note(actor, "conversation.drafted", current, {"article": str(article.pk)}, shown=False)
    return article


def _said(conversation: Conversation) -> Iterator[Message]:
    kinds = (Message.Kind.CUSTOMER, Message.Kind.AGENT)
    yield from conversation.messages.filter(kind__in=kinds, redacted_at=None).order_by("sequence")


def _names(conversation: Conversation, said: list[Message]) -> Iterator[str]:
    yield conversation.reference
    if conversation.person:
        yield from (conversation.person.name, conversation.person.email)
    for participant in conversation.participants.all():
        yield from (participant.name, participant.address)
    for message in said:
        yield message.author_name


def _body(said: list[Message], names: list[str]) -> str:
    """The question until the first answer, then what was answered; what the customer added in between is quoted."""
    first = next(at for at, message in enumerate(said) if message.kind == Message.Kind.AGENT)
    asked = [text for message in said[:first] if (text := scrub(message.text, names))]
    answered = [_turn(message, text) for message in said[first:] if (text := scrub(message.text, names))]
    return "\n\n".join([f"## {_('Question')}", *asked, f"## {_('Answer')}", *answered]) + "\n"


def _turn(message: Message, text: str) -> str:
    if message.kind == Message.Kind.AGENT:
        return text
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def forget_words(message: Message, *, instead: str) -> None:
    """Take what a message says out of drafts that were made of its conversation, before its words are gone."""
    talk = message.conversation
    text = scrub(message.text, list(_names(talk, list(_said(talk)))))
    if text:
        said = sorted({text, _turn(message, text)}, key=len, reverse=True)
        drafts.reword(talk.pk, words=lambda words: _without(words, said, instead))


def _without(words: str, said: list[str], instead: str) -> str:
    """Whole paragraphs only: a short "Yes" stands within other sentences as well."""
    for each in said:
        words = re.sub(rf"(?:\A|(?<=\n\n)){re.escape(each)}(?=\n\n|\s*\Z)", lambda _found: instead, words)
    return words
