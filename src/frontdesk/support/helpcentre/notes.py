"""Audit rows of the help centre: who did what to which article or category."""

from typing import Any

from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from frontdesk.support.helpcentre.models import Article, Category


def about(article: Article, *, actor: Actor, action: str, **data: Any) -> None:
    """A row about an article; no customer is concerned by it."""
    data = {"slug": article.slug, **data}
    audit.record(actor=actor, action=action, subject_type="article", subject=article.pk, data=data)


def about_category(category: Category, *, actor: Actor, action: str) -> None:
    """A row about a category."""
    data = {"slug": category.slug}
    audit.record(actor=actor, action=action, subject_type="category", subject=category.pk, data=data)


def prepared(article: Article, *, actor: Actor, action: str, **data: Any) -> AuditEntry:
    """The same row, not yet written: an import writes many with one statement."""
    return AuditEntry(
        at=clock.now(),
        actor_kind=actor.kind,
        actor=actor.person,
        action=action,
        subject_type="article",
        subject=article.pk,
        reason=actor.reason,
        data={"slug": article.slug, **data},
    )
