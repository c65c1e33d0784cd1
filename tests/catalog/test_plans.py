"""Products and plans: versions that never change."""

import pytest
from django.db import DatabaseError, transaction

from frontdesk.catalog import plans, products, selectors
from frontdesk.catalog.errors import NameTaken, ReferencePriceMissing
from frontdesk.catalog.models import Plan, PlanVersion, Price, Product
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound, RequestInvalid
from frontdesk.core.models import AuditEntry

SYSTEM = Actor.system("test")


def test_a_new_version_leaves_the_sold_one_alone(plan: Plan, version: PlanVersion) -> None:
    newer = plans.new_version(actor=SYSTEM, plan=plan, device_limit=7, prices={"EUR": 4995}, features=["vpn"])
    version.refresh_from_db()
    assert (version.number, version.device_limit) == (1, 5)
    assert (newer.number, newer.device_limit, newer.features) == (2, 7, ["vpn"])
    assert plans.current(plan) == newer
    assert AuditEntry.objects.filter(subject=plan.pk, action="plan.versioned").count() == 2


@pytest.mark.parametrize("change", ["update catalog_planversion set device_limit = 9", "delete from catalog_price"])
def test_the_database_refuses_to_change_what_was_sold(version: PlanVersion, change: str) -> None:
    from django.db import connection

    with pytest.raises(DatabaseError, match="never change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        PlanVersion.objects.filter(pk=version.pk).update(grace_days=0)
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        Price.objects.filter(plan_version=version).update(minor=1)
    assert Price.objects.get(plan_version=version, currency="EUR").minor == 3995


def test_each_version_has_a_price_in_the_reference_currency(plan: Plan) -> None:
    with pytest.raises(ReferencePriceMissing) as refused:
        plans.new_version(actor=SYSTEM, plan=plan, device_limit=5, prices={"USD": 4295})
    assert refused.value.members == {"currency": "EUR"}
    assert not PlanVersion.objects.exists()


@pytest.mark.parametrize("prices", [{"EUR": 1, "euro": 1}, {"EUR": -1}, {"EUR": 2**31}])
def test_prices_that_are_none_are_refused(plan: Plan, prices: dict[str, int]) -> None:
    with pytest.raises(RequestInvalid) as refused:
        plans.new_version(actor=SYSTEM, plan=plan, device_limit=5, prices=prices)
    assert refused.value.members == {"field": "prices"}
    assert not PlanVersion.objects.exists()


def test_further_devices_are_priced_where_the_plan_is(plan: Plan) -> None:
    prices = {"EUR": 3995, "USD": 4299}
    version = plans.new_version(
        actor=SYSTEM, plan=plan, device_limit=5, prices=prices, device_prices={"EUR": 800}, trial_days=14
    )
    assert version.trial_days == 14
    assert dict(version.prices.values_list("currency", "device_minor")) == {"EUR": 800, "USD": None}
    with pytest.raises(RequestInvalid) as refused:
        plans.new_version(actor=SYSTEM, plan=plan, device_limit=5, prices=prices, device_prices={"GBP": 800})
    assert refused.value.members == {"field": "device_prices"}
    with pytest.raises(RequestInvalid):
        plans.new_version(actor=SYSTEM, plan=plan, device_limit=5, prices=prices, device_prices={"EUR": -1})


def test_a_plan_without_devices_is_refused(plan: Plan) -> None:
    with pytest.raises(RequestInvalid):
        plans.new_version(actor=SYSTEM, plan=plan, device_limit=0, prices={"EUR": 1})


def test_offers_are_the_newest_versions_of_listed_plans_in_order(product: Product, version: PlanVersion) -> None:
    first = plans.create(actor=SYSTEM, product=product, slug="standard-1", name="Standard", position=0)
    plans.present(actor=SYSTEM, plan=version.plan, name="Plus", is_listed=True, position=5)
    plans.new_version(actor=SYSTEM, plan=first, device_limit=1, prices={"EUR": 1995})
    plans.new_version(actor=SYSTEM, plan=first, device_limit=1, prices={"EUR": 2195})
    hidden = plans.create(actor=SYSTEM, product=product, slug="old", name="Old", is_listed=False)
    plans.new_version(actor=SYSTEM, plan=hidden, device_limit=1, prices={"EUR": 1})
    plans.create(actor=SYSTEM, product=product, slug="empty", name="Without a version")
    found = [(offer.plan.slug, offer.version.number, offer.reference_price.minor) for offer in plans.offers(product)]
    assert found == [("standard-1", 2, 2195), ("plus-5", 1, 3995)]


def test_names_are_taken_once(product: Product, plan: Plan) -> None:
    with pytest.raises(NameTaken):
        products.create(actor=SYSTEM, slug="halcyon-shield", name="Another")
    with pytest.raises(NameTaken):
        plans.create(actor=SYSTEM, product=product, slug="plus-5", name="Another")
    with pytest.raises(RequestInvalid) as refused:
        products.create(actor=SYSTEM, slug="not a slug", name="Another")
    assert refused.value.members == {"field": "slug"}


def test_a_product_is_renamed_described_and_taken_off_the_list(product: Product) -> None:
    products.rename(actor=SYSTEM, product=product, name="Halcyon Shield 4")
    products.describe(actor=SYSTEM, product=product, tagline="Calm", description="Quiet.", icon="shield")
    assert selectors.listed_product("halcyon-shield").tagline == "Calm"
    assert [p.name for p in selectors.listed_products()] == ["Halcyon Shield 4"]
    products.set_listed(actor=SYSTEM, product=product, is_listed=False)
    products.set_listed(actor=SYSTEM, product=product, is_listed=False)
    assert selectors.listed_products() == []
    with pytest.raises(NotFound):
        selectors.listed_product("halcyon-shield")
    actions = list(AuditEntry.objects.filter(subject=product.pk).order_by("id").values_list("action", flat=True))
    assert actions == ["product.created", "product.renamed", "product.described", "product.unlisted"]
