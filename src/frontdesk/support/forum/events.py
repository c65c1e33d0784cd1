"""What happened in the forum; published inside the transaction (`core.events`)."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True)
class TopicBegun:
    """Somebody began a topic; `post` is its first. `is_visible` is False while it waits for a look."""

    topic: UUID
    post: UUID
    is_visible: bool


@dataclass(frozen=True)
class PostAdded:
    """Somebody replied. `is_visible` is False while the post waits for a look."""

    topic: UUID
    post: UUID
    number: int
    is_visible: bool


class Change(StrEnum):
    """What became of a post: SHOWN after it waited or was hidden, WAITING and HIDDEN the other way."""

    EDITED = "edited"
    DELETED = "deleted"
    SHOWN = "shown"
    WAITING = "waiting"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class PostChanged:
    """A post says something else, or is seen by others than before."""

    topic: UUID
    post: UUID
    change: Change


@dataclass(frozen=True)
class AnswerAccepted:
    """The asker (or the team) said that a post solves the topic."""

    topic: UUID
    post: UUID


@dataclass(frozen=True)
class AnswerUnaccepted:
    """It does not solve it after all, or is not seen any more."""

    topic: UUID
    post: UUID


@dataclass(frozen=True)
class TopicArranged:
    """Posts were split off or to it, or it was moved: it may be a question from now on that nobody has answered."""

    topic: UUID


@dataclass(frozen=True)
class PostLiked:
    """Somebody likes a post, or does no more."""

    post: UUID
    author: UUID
    is_liked: bool
