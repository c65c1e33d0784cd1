"""Where an article stands: its kind, shelf, product and place, for whom it is, and what is read next."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from frontdesk.catalog.models import Product
from frontdesk.core.actors import Actor
from frontdesk.core.errors import RequestInvalid
from frontdesk.support.helpcentre import entries, notes
from frontdesk.support.helpcentre.models import Article, Category

LAST_POSITION = 32_767


@dataclass(frozen=True)
class Place:
    """Where an article stands."""

    kind: str = Article.Kind.ARTICLE
    category: Category | None = None
    product: Product | None = None
    position: int = 0
    is_internal: bool = False
    related: Sequence[Article] = ()


@transaction.atomic
def arrange(*, actor: Actor, article: Article, place: Place) -> None:
    """Put it there; nothing happens where it stands there already. Raises RequestInvalid."""
    if place.kind not in Article.Kind.values or not 0 <= place.position <= LAST_POSITION:
        raise RequestInvalid(field="kind" if place.kind not in Article.Kind.values else "position")
    current = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    wanted = (place.kind, place.category, place.product, place.position, place.is_internal)
    related = {each for each in place.related if each.pk != current.pk}
    held = set(current.related.all())
    was = (current.kind, current.category, current.product, current.position, current.is_internal)
    if was == wanted and held == related:
        return
    current.kind, current.category, current.product, current.position, current.is_internal = wanted
    current.save(update_fields=["kind", "category", "product", "position", "is_internal"])
    current.related.set(related)
    if was[-1] != current.is_internal:
        entries.enter_again([current])
    category = place.category.slug if place.category else ""
    said = {"category": category, "position": place.position, "is_internal": place.is_internal}
    notes.about(current, actor=actor, action="article.arranged", **said)
