"""What the help centre's search is told of solved topics."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet

from frontdesk.support.forum.events import AnswerAccepted, AnswerUnaccepted, PostChanged
from frontdesk.support.forum.models import Category, Post, Topic
from frontdesk.support.forum.notifying.letters import path_of
from frontdesk.support.helpcentre import rendering
from frontdesk.support.helpcentre.models import SearchEntry
from frontdesk.support.helpcentre.search import indexing
from frontdesk.support.helpcentre.search.indexing import Findable

KIND: str = SearchEntry.Kind.TOPIC.value
SUMMARY = 200  # characters of the answer
LANGUAGE = "en"  # of topics whose language nobody knows


def solved() -> QuerySet[Topic]:
    """Topics with an accepted answer that their readers see."""
    rows = Topic.objects.filter(accepted__state=Post.State.VISIBLE, hidden_at=None, merged_into=None)
    return rows.select_related("category", "accepted")


def of(topic: Topic, question: Post) -> Findable:
    """The entry of a solved topic: the question, and the answer that solved it."""
    answer = topic.accepted
    if answer is None or topic.solved_at is None:
        raise ValueError("nothing is solved here")
    said = rendering.to_text(answer.text)
    asked = rendering.to_text(question.text) if question.is_visible else ""  # deleted words are not found, either
    return Findable(
        kind=KIND,
        subject=topic.pk,
        language=topic.language or LANGUAGE,
        url=path_of(topic),
        slug=topic.slug,
        title=topic.title,
        body=f"{asked}\n\n{said}".strip(),
        changed_at=topic.solved_at,
        summary=" ".join(said.split())[:SUMMARY],
        is_public=topic.category.reads == Category.Who.EVERYBODY,
    )


def follow(topic: UUID) -> None:
    """Tell the search what is true of a topic now, in the caller's transaction; whatever happened to it."""
    found = solved().filter(pk=topic).first()
    question = first_of(topic)
    if found is None or question is None:
        if SearchEntry.objects.filter(kind=KIND, subject=topic).exists():
            indexing.remove(kind=KIND, subject=topic)
        return
    entry = of(found, question)
    others = SearchEntry.objects.filter(kind=KIND, subject=topic).exclude(language=entry.language)
    if others.exists():
        indexing.remove(kind=KIND, subject=topic)
    indexing.put(entry)


def follow_all(category: Category) -> None:
    """The same for all solved topics of a category: who may read it has changed."""
    indexing.put_all(
        of(topic, question)
        for topic in solved().filter(category=category).order_by("number").iterator(chunk_size=200)
        if (question := first_of(topic.pk))
    )


def first_of(topic: UUID) -> Post | None:
    return Post.objects.filter(topic=topic).order_by("number").first()


def accepted(event: AnswerAccepted) -> None:
    """It is solved."""
    follow(event.topic)


def unaccepted(event: AnswerUnaccepted) -> None:
    """It is not."""
    follow(event.topic)


def changed(event: PostChanged) -> None:
    """What it says, or who sees it, is another."""
    if SearchEntry.objects.filter(kind=KIND, subject=event.topic).exists() or solved().filter(pk=event.topic).exists():
        follow(event.topic)


def every() -> Iterator[Findable]:
    """All of them, for making the index anew."""
    for topic in solved().order_by("number").iterator(chunk_size=200):
        question = first_of(topic.pk)
        if question is not None:
            yield of(topic, question)
