"""The catalogue in the back office: every save is a verb with a reason."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.catalog import plans, releases
from frontdesk.catalog.models import Plan, PlanVersion, Product, Release, ReleaseFile
from frontdesk.core import signing
from frontdesk.core.models import AuditEntry
from tests.backoffice.conftest import SYSTEM
from tests.catalog.conftest import upload

pytestmark = pytest.mark.django_db
PRODUCT = {
    "name": "Halcyon Vault",
    "slug": "halcyon-vault",
    "tagline": "",
    "description": "",
    "icon": "lock",
    "reference_currency": "EUR",
    "is_listed": "on",
    "reason": "Launch",
}
PLAN = {
    "slug": "plus-5",
    "name": "Plus",
    "is_listed": "on",
    "position": "0",
    "device_limit": "5",
    "term_months": "12",
    "code_days": "365",
    "grace_days": "14",
    "lease_days": "14",
    "offline_lease_days": "90",
    "swap_limit": "4",
    "trial_days": "0",
    "prices": "EUR 39.95\nUSD 42,95",
    "features": "",
    "reason": "New prices",
}


def entry(action: str) -> AuditEntry:
    """The one audit row of this action."""
    return AuditEntry.objects.get(action=action)


def inline(prefix: str) -> dict[str, str]:
    """The management form of an inline without rows."""
    return {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}


def test_a_product_is_made_with_a_reason_that_lands_in_the_audit(administrator: Client) -> None:
    answer = administrator.post("/backoffice/catalog/product/add/", PRODUCT)
    assert answer.status_code == 302, answer.content.decode()
    made = entry("product.created")
    assert made.subject == Product.objects.get(slug="halcyon-vault").pk
    assert (made.reason, made.actor_kind) == ("Launch", "staff")
    assert made.actor == Person.objects.get(email="administrator@halcyon.example").pk


@pytest.mark.parametrize("change", [{"reason": ""}, {"reason": "  "}, {"slug": "not a slug"}, {"name": ""}])
def test_what_is_missing_is_refused(administrator: Client, change: dict[str, str]) -> None:
    answer = administrator.post("/backoffice/catalog/product/add/", PRODUCT | change)
    assert answer.status_code == 200
    assert b"errorlist" in answer.content or b"errors" in answer.content
    assert not Product.objects.exists()


def test_a_products_slug_stays(administrator: Client, product: Product) -> None:
    address = f"/backoffice/catalog/product/{product.pk}/change/"
    changed = PRODUCT | {"slug": "other", "reference_currency": "USD", "name": "Shield 4", "icon": "shield"}
    answer = administrator.post(address, changed)
    assert answer.status_code == 302, answer.content.decode()
    product.refresh_from_db()
    assert (product.slug, product.reference_currency, product.name) == ("halcyon-shield", "EUR", "Shield 4")
    assert entry("product.renamed").reason == "Launch"


@pytest.mark.parametrize("path", ["product/add/", "plan/add/", "release/add/"])
def test_an_agent_changes_nothing_of_the_catalogue(agent: Client, product: Product, path: str) -> None:
    assert agent.post(f"/backoffice/catalog/{path}", PRODUCT).status_code == 403
    address = f"/backoffice/catalog/product/{product.pk}/change/"
    assert agent.get(address).status_code == 200
    assert agent.post(address, PRODUCT).status_code == 403
    product.refresh_from_db()
    assert product.name == "Halcyon Shield"


def test_a_plan_is_made_with_its_first_version(administrator: Client, product: Product) -> None:
    data = PLAN | {"product": str(product.pk)} | inline("versions")
    answer = administrator.post("/backoffice/catalog/plan/add/", data)
    assert answer.status_code == 302, answer.content.decode()
    version = plans.current(Plan.objects.get(slug="plus-5"))
    assert version is not None
    assert (version.number, version.device_limit) == (1, 5)
    assert {price.currency: price.minor for price in version.prices.all()} == {"EUR": 3995, "USD": 4295}
    assert entry("plan.versioned").reason == "New prices"


def post_plan(browser: Client, plan: Plan, change: dict[str, str]) -> Any:
    """Save the plan's page."""
    return browser.post(f"/backoffice/catalog/plan/{plan.pk}/change/", PLAN | inline("versions") | change)


def test_editing_a_plan_makes_a_new_version_and_saving_it_unchanged_does_not(
    administrator: Client, plan: Plan, version: PlanVersion
) -> None:
    page = administrator.get(f"/backoffice/catalog/plan/{plan.pk}/change/").content.decode()
    assert "EUR 39.95" in page
    assert post_plan(administrator, plan, {"name": "Plus Plus"}).status_code == 302
    assert plan.versions.count() == 1
    assert post_plan(administrator, plan, {"device_limit": "7", "features": "vpn, vault"}).status_code == 302
    version.refresh_from_db()
    newer = plans.current(plan)
    assert newer is not None
    assert (version.device_limit, newer.number, newer.device_limit, newer.features) == (5, 2, 7, ["vpn", "vault"])


@pytest.mark.parametrize(
    "change",
    [
        {"prices": "USD 42.95"},
        {"prices": "EUR"},
        {"prices": "EUR 1\nEUR 2"},
        {"prices": "EUR 1.234"},
        {"device_limit": "0"},
        {"reason": ""},
    ],
)
def test_a_version_that_makes_no_sense_is_refused(
    administrator: Client, plan: Plan, version: PlanVersion, change: dict[str, str]
) -> None:
    assert post_plan(administrator, plan, {"device_limit": "7"} | change).status_code == 200
    assert plan.versions.count() == 1


def do(browser: Client, release: Release, deed: str, data: dict[str, Any]) -> Any:
    """Do a deed to a release."""
    return browser.post(f"/backoffice/catalog/release/{release.pk}/do/{deed}/", data)


def test_a_release_goes_from_draft_to_withdrawn(administrator: Client, product: Product, keys: signing.Signer) -> None:
    data = {"product": str(product.pk), "version": "3.2.0", "channel": "stable", "notes": "", "reason": "Spring"}
    answer = administrator.post("/backoffice/catalog/release/add/", data | inline("files"))
    assert answer.status_code == 302, answer.content.decode()
    release = Release.objects.get()
    assert do(administrator, release, "publish", {"reason": "Ready"}).status_code == 422
    build = BytesIO(b"a build")
    build.name = "shield.exe"
    answer = do(administrator, release, "add-file", {"platform": "windows", "file": build, "reason": "Build 7"})
    assert answer.status_code == 302, answer.content.decode()
    assert ReleaseFile.objects.get().size == 7
    assert entry("release.file_added").reason == "Build 7"
    assert do(administrator, release, "publish", {"reason": "Ready"}).status_code == 302
    again = do(administrator, release, "publish", {"reason": "Again"})
    assert again.status_code == 302
    assert AuditEntry.objects.filter(action="release.published").count() == 1
    assert do(administrator, release, "withdraw", {"reason": "A fault"}).status_code == 302
    assert entry("release.withdrawn").reason == "A fault"
    page = administrator.get(f"/backoffice/catalog/release/{release.pk}/change/").content.decode()
    assert "Withdrawn" in page
    assert "shield.exe" in page


def test_a_version_that_cannot_be_ordered_is_refused(administrator: Client, product: Product) -> None:
    data = {"product": str(product.pk), "version": "spring", "channel": "stable", "notes": "", "reason": "Spring"}
    assert administrator.post("/backoffice/catalog/release/add/", data | inline("files")).status_code == 200
    assert not Release.objects.exists()


def test_a_file_can_be_taken_out_of_a_draft(administrator: Client, release: Release) -> None:
    file = releases.add_file(actor=SYSTEM, release=release, platform="linux", source_file=upload())
    page = administrator.get(f"/backoffice/catalog/release/{release.pk}/do/remove-file/").content.decode()
    assert str(file.pk) in page
    assert do(administrator, release, "remove-file", {"file": str(file.pk), "reason": "Wrong"}).status_code == 302
    assert not release.files.exists()


def test_without_signing_keys_a_file_is_refused_with_a_remedy(administrator: Client, product: Product) -> None:
    release = releases.create(actor=SYSTEM, product=product, version="3.2.0")
    build = BytesIO(b"a build")
    build.name = "shield.exe"
    answer = do(administrator, release, "add-file", {"platform": "windows", "file": build, "reason": "Build 7"})
    assert answer.status_code == 422
    assert "frontdesk keys rotate" in answer.content.decode()


def test_a_deed_without_a_reason_is_refused(administrator: Client, file: ReleaseFile) -> None:
    answer = do(administrator, file.release, "withdraw", {"reason": " "})
    assert answer.status_code == 422
    file.release.refresh_from_db()
    assert file.release.withdrawn_at is None


def test_an_agent_publishes_nothing(agent: Client, release: Release) -> None:
    for deed in ("publish", "add-file", "withdraw"):
        assert do(agent, release, deed, {"reason": "Me"}).status_code == 403
    page = agent.get(f"/backoffice/catalog/release/{release.pk}/change/").content.decode()
    assert "/do/" not in page
    assert do(agent, release, "nothing", {"reason": "Me"}).status_code == 404
