"""The parts of the forum, as managers make and arrange them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils.text import slugify

from frontdesk.catalog.models import Product
from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.core.errors import RequestInvalid
from frontdesk.support.forum import counting, entries, escalating
from frontdesk.support.forum.errors import CategoryInUse
from frontdesk.support.forum.models import Category, Topic

LONGEST_SLUG, LONGEST_TITLE, LONGEST_ABOUT, LAST_POSITION = 60, 80, 300, 32_767
Who = Category.Who
WIDTH = {Who.EVERYBODY: 0, Who.OWNERS: 1, Who.STAFF: 2}


@dataclass(frozen=True)
class Arranged:
    """What a category says and allows; titles and descriptions by language."""

    titles: Mapping[str, str]
    abouts: Mapping[str, str] = field(default_factory=dict)
    product: Product | None = None
    reads: str = Who.EVERYBODY
    begins: str = Who.EVERYBODY
    asks: bool = True
    position: int = 0


def unused_slug(title: str) -> str:
    """A slug made of a title that no category has."""
    base, number = slugify(title)[: LONGEST_SLUG - 6].strip("-") or "category", 2
    slug = base
    while Category.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug


@transaction.atomic
def save(*, actor: Actor, category: Category | None, arranged: Arranged) -> Category:
    """Make a category, or change one; its address stays. Raises RequestInvalid, which names the field."""
    titles, abouts = _texts(arranged.titles, LONGEST_TITLE, "titles"), _texts(arranged.abouts, LONGEST_ABOUT, "abouts")
    _check(arranged, titles)
    values = {
        "titles": titles,
        "abouts": abouts,
        "product": arranged.product,
        "reads": arranged.reads,
        "begins": arranged.begins,
        "asks": arranged.asks,
        "position": arranged.position,
    }
    if category is None:
        _one_at_a_time()
        made = Category.objects.create(slug=unused_slug(next(iter(titles.values()))), **values)
        _note(actor, "community_category.added", made)
        return made
    # No key: whoever moves a topic here holds the topic, and refers to this row.
    held = Category.objects.select_for_update(of=("self",), no_key=True).get(pk=category.pk)
    if all(getattr(held, name) == value for name, value in values.items()):
        return held
    asked, read = held.asks, held.reads
    for name, value in values.items():
        setattr(held, name, value)
    held.save()
    if asked != held.asks:
        counting.settle_questions(held)
        escalating.follow_all(held)
    if read != held.reads:
        entries.follow_all(held)
    _note(actor, "community_category.changed", held)
    return held


@transaction.atomic
def remove(*, actor: Actor, category: Category) -> None:
    """Take an empty category away. Raises CategoryInUse."""
    held = Category.objects.select_for_update(of=("self",)).get(pk=category.pk)
    if Topic.objects.filter(category=held).exists():
        raise CategoryInUse
    _note(actor, "community_category.removed", held)
    held.delete()


def _one_at_a_time() -> None:
    """Till the transaction ends, nobody else makes a category: two of one title get two addresses."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('forum categories'))")


def _check(arranged: Arranged, titles: Mapping[str, str]) -> None:
    if not titles:
        raise RequestInvalid(field="titles")
    if arranged.reads not in Who.values or arranged.begins not in Who.values:
        raise RequestInvalid(field="reads")
    if Who.OWNERS in {arranged.reads, arranged.begins} and arranged.product is None:
        raise RequestInvalid(field="product")
    if WIDTH[Who(arranged.begins)] < WIDTH[Who(arranged.reads)]:
        raise RequestInvalid(field="begins")
    if not 0 <= arranged.position <= LAST_POSITION:
        raise RequestInvalid(field="position")


def _texts(by_language: Mapping[str, str], longest: int, name: str) -> dict[str, str]:
    texts = {language: " ".join(text.split()) for language, text in by_language.items() if text.strip()}
    if any(len(text) > longest or "\0" in text for text in texts.values()):
        raise RequestInvalid(field=name)
    return texts


def _note(actor: Actor, action: str, category: Category) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject_type="community_category",
        subject=category.pk,
        data={"slug": category.slug, "reads": category.reads, "begins": category.begins},
    )
