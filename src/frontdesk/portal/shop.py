"""What is on offer, as the shop shows it: editions beside each other, for a term and in a currency.

A plan is an edition for a number of devices and a term. Its name begins with the edition's, up to the first comma.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.text import capfirst

from frontdesk.billing.providers import registry
from frontdesk.catalog import plans, selectors
from frontdesk.catalog.models import PlanVersion, Price, Product
from frontdesk.catalog.plans import Offer
from frontdesk.core.errors import NotFound
from frontdesk.core.money import Money
from frontdesk.core.numbers import whole

MOST_ADDED = 100


@dataclass(frozen=True)
class Line:
    """One plan with its price in the currency that is shown."""

    offer: Offer
    price: Price

    @property
    def version(self) -> PlanVersion:
        """What is sold."""
        return self.offer.version

    @property
    def device_price(self) -> Money | None:
        """What one more device costs; None: none can be added."""
        minor = self.price.device_minor
        return None if minor is None else Money(minor, self.price.currency)


@dataclass(frozen=True)
class Edition:
    """Plans that do the same, for more or fewer devices."""

    name: str
    features: Sequence[str]
    lines: Sequence[Line]


@dataclass(frozen=True)
class Shelf:
    """A product's plans for one term in one currency, and what else there is to choose."""

    editions: Sequence[Edition]
    term: int
    terms: Sequence[int]
    currency: str
    currencies: Sequence[str]
    trial_days: int


def is_open() -> bool:
    """Whether anything can be bought here."""
    return registry.sells()


def shelf(product: Product, *, term: str = "", currency: str = "") -> Shelf:
    """What is on offer; a term or currency that there is not is replaced by the usual one. Two queries."""
    offers = plans.offers(product)
    currencies = sorted({code for offer in offers for code in offer.prices})
    chosen = currency if currency in currencies else product.reference_currency
    priced = [Line(offer, offer.prices[chosen]) for offer in offers if chosen in offer.prices]
    terms = sorted({line.version.term_months for line in priced})
    asked = whole(term, most=max(terms, default=0))
    months = asked if asked in terms else 12 if 12 in terms else min(terms, default=12)
    shown = [line for line in priced if line.version.term_months == months]
    trial_days = max((line.version.trial_days for line in shown), default=0)
    return Shelf(editions_of(shown), months, terms, chosen, currencies, trial_days)


def from_price(shelf: Shelf) -> Money | None:
    """The least that one of the plans shown costs."""
    minors = [line.price.minor for edition in shelf.editions for line in edition.lines]
    return Money(min(minors), shelf.currency) if minors else None


def from_prices(products: Sequence[Product], currency: str = "") -> list[tuple[Product, Money | None]]:
    """Each product with the least that one of its plans costs, if it is sold; two queries for all."""
    least: dict[UUID, Price] = {}
    for offer in plans.offers_of(products) if is_open() else ():
        price = offer.prices.get(currency) or offer.reference_price
        known = least.get(offer.plan.product_id)
        if known is None or (price.currency, price.minor) < (known.currency, known.minor):
            least[offer.plan.product_id] = price
    return [(product, least[product.pk].money if product.pk in least else None) for product in products]


def offer_of(product_slug: str, plan_slug: str) -> Offer:
    """A plan on offer. Raises NotFound, also where nothing is sold."""
    if not is_open():
        raise NotFound
    offers = plans.offers(selectors.listed_product(product_slug))
    found = next((offer for offer in offers if offer.plan.slug == plan_slug), None)
    if found is None:
        raise NotFound
    return found


def editions_of(lines: Iterable[Line]) -> list[Edition]:
    """The plans by edition, in the order of the list; within one those for fewer devices first."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(edition_name(line.version), []).append(line)
    return [
        Edition(name, _features(members), sorted(members, key=lambda line: line.version.device_limit))
        for name, members in found.items()
    ]


def edition_name(version: PlanVersion) -> str:
    """The edition that a plan belongs to, without the product's name."""
    name = version.plan.name.partition(",")[0].strip()
    return name.removeprefix(version.plan.product.name).strip() or name


def feature_name(name: str) -> str:
    """A feature in words, as the catalogue names it."""
    return capfirst(name.replace("_", " ").replace("-", " "))


def _features(lines: Sequence[Line]) -> list[str]:
    """What all plans of an edition can do, as the catalogue names it."""
    shared = [name for name in lines[0].version.features if all(name in line.version.features for line in lines)]
    return [feature_name(name) for name in shared]
