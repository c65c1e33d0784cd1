"""Licences, devices, codes and batches in the back office: deeds by role, with a reason, through the verbs."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.catalog import plans
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import audit, outbox
from frontdesk.core.models import AuditEntry
from frontdesk.licensing import codes, generation, redemption, seats
from frontdesk.licensing.admin.deeds import SEATS_AND_CODES
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import Activation, Batch, Code, HandOver, License, Term
from tests.backoffice.conftest import SYSTEM, Enter

pytestmark = pytest.mark.django_db
REASON = {"reason": "Conversation 4711"}


@pytest.fixture
def batch(version: PlanVersion) -> Batch:
    """An ordered batch, its codes not made yet."""
    from django.utils import timezone

    now = timezone.now()
    return Batch.objects.create(plan_version=version, kind="retail", label="Spring cards", count=3, created_at=now)


@pytest.fixture
def code(batch: Batch) -> ParsedCode:
    """A code nobody has used."""
    fresh = codes.generate()
    Code.objects.create(hash=codes.digest(fresh), tail=fresh.tail, batch=batch)
    return fresh


@pytest.fixture
def held(ada: Person, code: ParsedCode) -> License:
    """Ada's licence, by a code."""
    from frontdesk.core.actors import Actor

    done = redemption.redeem(
        actor=Actor.customer(ada.pk), person=ada, code_text=code.text, license=None, ip_prefix="127.0.0.0"
    )
    return done.license


@pytest.fixture
def device(held: License) -> Activation:
    """A device on it."""
    laptop = seats.Device("a fingerprint of a device", "Ada's laptop", "linux", "3.2.0")
    seat = seats.take(actor=SYSTEM, device=laptop, license=held.pk)
    return Activation.objects.get(pk=seat.activation)


def page(browser: Client, thing: Any) -> str:
    """The page of a row."""
    answer = browser.get(f"/backoffice/licensing/{type(thing).__name__.lower()}/{thing.pk}/change/")
    assert answer.status_code == 200
    return answer.content.decode()


def do(browser: Client, thing: Any, deed: str, **data: Any) -> Any:
    """Do a deed to a row, with a reason unless it is given empty."""
    return browser.post(f"/backoffice/licensing/{type(thing).__name__.lower()}/{thing.pk}/do/{deed}/", REASON | data)


def reasons_of(action: str) -> list[str]:
    """The reasons given for an action."""
    return [audit.reason_of(entry) for entry in AuditEntry.objects.filter(action=action)]


DEEDS = {
    "free-device": Role.AGENT,
    "replace-code": Role.AGENT,
    "hand-over": Role.AGENT,
    "adjust": Role.BILLING_AGENT,
    "change-plan": Role.BILLING_AGENT,
    "revoke-term": Role.BILLING_AGENT,
    "refund": Role.BILLING_AGENT,
    "suspend": Role.MANAGER,
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_offered_its_own_deeds_and_refused_the_others(
    staff: Enter, held: License, device: Activation, role: Role
) -> None:
    browser = staff(role)
    shown = page(browser, held)
    ladder = list(Role)
    for name, least in DEEDS.items():
        may = ladder.index(role) >= ladder.index(least)
        assert (f"/do/{name}/" in shown) == may, name
        answer = browser.get(f"/backoffice/licensing/license/{held.pk}/do/{name}/")
        assert answer.status_code == (200 if may else 403), name
        if not may:
            assert do(browser, held, name).status_code == 403
    held.refresh_from_db()
    assert (held.suspended_at, held.refunded_at, held.seats_used) == (None, None, 1)


@pytest.mark.parametrize("deed", ["suspend", "refund", "adjust", "replace-code"])
def test_without_a_reason_nothing_happens(administrator: Client, held: License, deed: str) -> None:
    before = AuditEntry.objects.exclude(action="staff.looked").count()
    answer = do(administrator, held, deed, reason="  ", days="30", once=str(uuid4()))
    assert answer.status_code == 422
    assert AuditEntry.objects.exclude(action="staff.looked").count() == before
    held.refresh_from_db()
    assert (held.suspended_at, held.refunded_at) == (None, None)


def test_nothing_derived_is_edited(administrator: Client, held: License, device: Activation) -> None:
    forged = {"expires_at_0": "2099-01-01", "expires_at": "2099-01-01", "seats_used": "0", "owner": "", **REASON}
    for thing in (held, device, Code.objects.get(), Batch.objects.get()):
        name = f"/backoffice/licensing/{type(thing).__name__.lower()}/"
        assert administrator.post(f"{name}{thing.pk}/change/", forged).status_code == 403
        assert "<input type" not in page(administrator, thing).split('id="content-main"')[1].split("</form>")[
            0
        ].replace('<input type="hidden"', "")
    for name in ("license", "activation", "code"):
        assert administrator.post(f"/backoffice/licensing/{name}/add/", forged).status_code == 403
    end = held.expires_at
    held.refresh_from_db()
    assert (held.expires_at, held.seats_used) == (end, 1)


def test_suspend_and_restore(staff: Enter, held: License) -> None:
    manager = staff(Role.MANAGER)
    assert do(manager, held, "suspend").status_code == 302
    held.refresh_from_db()
    assert held.suspended_at is not None
    assert "/do/suspend/" not in page(manager, held)
    assert do(manager, held, "restore", reason="Sorted out").status_code == 302
    assert License.objects.get().suspended_at is None
    assert reasons_of("license.suspended") == ["Conversation 4711"]
    assert reasons_of("license.restored") == ["Sorted out"]


def test_days_are_added_once_however_often_the_button_is_pressed(staff: Enter, held: License) -> None:
    browser, once, end = staff(Role.BILLING_AGENT), str(uuid4()), held.expires_at
    for _press in range(2):
        assert do(browser, held, "adjust", days="30", once=once).status_code == 302
    held.refresh_from_db()
    assert (held.expires_at - end).days == 30
    assert Term.objects.filter(license=held, kind="adjustment").count() == 1
    assert "30 days" in page(browser, held)
    assert do(browser, held, "adjust", days="0", once=str(uuid4())).status_code == 422


def test_a_refund_ends_the_licence_and_frees_its_devices(staff: Enter, held: License, device: Activation) -> None:
    assert do(staff(Role.BILLING_AGENT), held, "refund").status_code == 302
    held.refresh_from_db()
    device.refresh_from_db()
    assert held.refunded_at is not None
    assert device.removed_at is not None
    assert reasons_of("license.refunded") == ["Conversation 4711"]


def test_a_term_is_taken_back(staff: Enter, held: License) -> None:
    term = Term.objects.get(license=held)
    assert do(staff(Role.BILLING_AGENT), held, "revoke-term", term=str(term.pk)).status_code == 302
    term.refresh_from_db()
    assert term.revoked_at is not None
    other = {"term": str(uuid4())}
    assert do(staff(Role.MANAGER), held, "revoke-term", **other).status_code == 302  # nothing left to take back


def test_the_plan_changes_and_the_chosen_device_stays(
    staff: Enter, held: License, device: Activation, version: PlanVersion
) -> None:
    smaller = plans.new_version(actor=SYSTEM, plan=version.plan, device_limit=1, prices={"EUR": 1995})
    browser = staff(Role.BILLING_AGENT)
    answer = do(browser, held, "change-plan", plan_version=str(smaller.pk), keep=[str(device.pk)])
    assert answer.status_code == 302
    held.refresh_from_db()
    device.refresh_from_db()
    assert (held.plan_version, device.removed_at) == (smaller, None)
    assert do(browser, held, "change-plan", plan_version=str(version.pk)).status_code == 422  # not sold any more


def test_a_device_is_freed_from_its_licence_or_its_own_page(agent: Client, held: License, device: Activation) -> None:
    assert do(agent, held, "free-device", device=str(uuid4())).status_code == 422
    assert do(agent, held, "free-device", device=str(device.pk)).status_code == 302
    device.refresh_from_db()
    assert device.removed_at is not None
    assert device.removed_by == "staff"
    other = seats.take(
        actor=SYSTEM, device=seats.Device("another fingerprint here", "PC", "windows", "3.2.0"), license=held.pk
    )
    again = Activation.objects.get(pk=other.activation)
    assert do(agent, again, "free").status_code == 302
    again.refresh_from_db()
    assert again.removed_at is not None
    assert do(agent, again, "free").status_code == 302  # says that it is not possible, and changes nothing


def test_devices_are_found_by_name_id_licence_and_state(agent: Client, held: License, device: Activation) -> None:
    def shown(**query: str) -> bool:
        return str(device.pk) in agent.get("/backoffice/licensing/activation/", query).content.decode()

    assert shown(q="laptop")
    assert shown(q=str(device.pk))
    assert shown(q=str(held.pk))
    assert shown(seat="used")
    assert not shown(seat="freed")
    assert not shown(q="tablet")
    assert not shown(q=str(uuid4()))


def test_a_replaced_code_goes_to_the_owner_and_is_not_shown(agent: Client, held: License, code: ParsedCode) -> None:
    answer = agent.post(f"/backoffice/licensing/license/{held.pk}/do/replace-code/", REASON, follow=True)
    fresh = Code.objects.get(replaces__isnull=False)
    assert fresh.tail in answer.content.decode()
    outbox.deliver_due()
    mailed = str(mail.outbox[-1].body)
    parsed = codes.parse(mailed)
    assert codes.digest(parsed) == bytes(fresh.hash)
    assert parsed.text not in answer.content.decode()
    assert reasons_of("code.replaced") == ["Conversation 4711"]


def test_a_licence_is_offered_and_the_offer_withdrawn(agent: Client, held: License) -> None:
    assert do(agent, held, "hand-over", to_email="ada@example.org").status_code == 422
    assert do(agent, held, "hand-over", to_email="bob@example.org").status_code == 302
    offer = HandOver.objects.get()
    assert offer.to_email == "bob@example.org"
    assert do(agent, held, "withdraw-offer").status_code == 302
    offer.refresh_from_db()
    assert offer.withdrawn_at is not None
    withdraw = next(deed for deed in SEATS_AND_CODES if deed.name == "withdraw-offer")
    withdraw.run(SYSTEM, held, {})  # somebody else was quicker
    assert len(reasons_of("hand_over.withdrawn")) == 1
    assert reasons_of("hand_over.offered") == ["Conversation 4711"]


@pytest.mark.parametrize("status", ["active", "grace", "expired", "suspended", "refunded"])
def test_the_list_is_filtered_by_status_as_the_licence_itself_says(agent: Client, held: License, status: str) -> None:
    from datetime import timedelta

    from django.utils import timezone

    now = timezone.now()
    License.objects.filter(pk=held.pk).update(
        **{
            "active": {},
            "grace": {"starts_at": now - timedelta(days=99), "expires_at": now - timedelta(days=13)},
            "expired": {"starts_at": now - timedelta(days=99), "expires_at": now - timedelta(days=15)},
            "suspended": {"suspended_at": now},
            "refunded": {"suspended_at": now, "refunded_at": now},
        }[status]
    )
    held.refresh_from_db()
    assert held.status_at(now) == status
    for asked in License.Status:
        shown = agent.get("/backoffice/licensing/license/", {"status": asked.value}).content.decode()
        assert (str(held.pk) in shown) == (asked == status), asked


def test_licences_are_found_by_owner_and_id_and_looking_is_recorded(agent: Client, held: License, ada: Person) -> None:
    for words in ("ada@example", str(held.pk)):
        assert str(held.pk) in agent.get("/backoffice/licensing/license/", {"q": words}).content.decode()
    assert str(held.pk) not in agent.get("/backoffice/licensing/license/", {"q": str(uuid4())}).content.decode()
    shown = page(agent, held)
    assert "Timeline" in shown
    assert AuditEntry.objects.get(action="staff.looked", data__page="license").person == ada.pk


@pytest.fixture
def logged(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Everything that was written to logs and streams."""

    def logged() -> str:
        out, err = capfd.readouterr()
        return out + err + caplog.text

    return logged


def test_a_whole_code_is_found_by_its_hash_and_never_logged(agent: Client, code: ParsedCode, logged: Any) -> None:
    sloppy = f"Hello,\nmy code is {code.text.lower()}!\n"
    answer = agent.post("/backoffice/licensing/code/find/", {"code": sloppy, **REASON})
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/code/{Code.objects.get().pk}/change/")
    assert reasons_of("code.looked_up") == ["Conversation 4711"]
    assert code.text not in str(list(AuditEntry.objects.values()))
    assert code.text not in logged().upper()


def test_a_code_is_found_by_its_last_group(agent: Client, code: ParsedCode) -> None:
    answer = agent.post("/backoffice/licensing/code/find/", {"code": code.tail.lower(), **REASON}, follow=True)
    assert str(Code.objects.get().pk) in answer.content.decode()


@pytest.mark.parametrize("text", ["", "not a code at all", "a typo"])
def test_what_is_no_code_is_said_so(agent: Client, code: ParsedCode, text: str) -> None:
    wrong = code.text[:-1] + ("A" if code.text[-1] != "A" else "B") if text == "a typo" else text
    assert agent.post("/backoffice/licensing/code/find/", {"code": wrong, **REASON}).status_code == 422
    unknown = codes.generate().text
    assert agent.post("/backoffice/licensing/code/find/", {"code": unknown, **REASON}).status_code == 422
    assert agent.get("/backoffice/licensing/code/find/").status_code == 200


def test_a_code_is_voided(agent: Client, code: ParsedCode) -> None:
    row = Code.objects.get()
    assert do(agent, row, "void").status_code == 302
    row.refresh_from_db()
    assert row.voided_at is not None
    assert reasons_of("code.voided") == ["Conversation 4711"]
    assert str(row.pk) in agent.get("/backoffice/licensing/code/", {"state": "void"}).content.decode()
    assert str(row.pk) not in agent.get("/backoffice/licensing/code/", {"state": "unused"}).content.decode()


def order(browser: Client, version: PlanVersion, **change: str) -> Any:
    """Order a batch."""
    data = {"plan_version": str(version.pk), "kind": "retail", "count": "20", "label": "Cards", **REASON, **change}
    return browser.post("/backoffice/licensing/batch/add/", data)


def test_a_batch_is_ordered_made_and_its_list_taken_once(administrator: Client, version: PlanVersion) -> None:
    assert order(administrator, version).status_code == 302
    ordered = Batch.objects.get()
    assert ordered.reason == "Conversation 4711"
    waiting = administrator.get(f"/backoffice/licensing/batch/{ordered.pk}/change/")
    assert waiting["Refresh"] == "2"
    assert "0 of 20" in waiting.content.decode()
    assert "/do/take-csv/" not in waiting.content.decode()
    assert generation.fill(ordered.pk)
    ready = administrator.get(f"/backoffice/licensing/batch/{ordered.pk}/change/")
    assert "Refresh" not in ready
    assert "20 of 20" in ready.content.decode()
    assert do(administrator, ordered, "take-csv", reason="").status_code == 422
    taken = do(administrator, ordered, "take-csv")
    lines = b"".join(taken.streaming_content).decode().split()
    assert "no-store" in taken["Cache-Control"]
    assert "attachment" in taken["Content-Disposition"]
    known = {bytes(row.hash) for row in Code.objects.filter(batch=ordered)}
    listed = {codes.digest(codes.parse(line)) for line in lines if line.count("-") >= 3 and line[0] != "c"}
    assert known <= listed
    assert "/do/take-csv/" not in page(administrator, ordered)
    assert do(administrator, ordered, "take-cards").status_code == 302  # too late
    assert reasons_of("batch.list_taken") == ["Conversation 4711"]


def test_cards_are_a_pdf(administrator: Client, version: PlanVersion) -> None:
    order(administrator, version, count="3")
    ordered = Batch.objects.get()
    generation.fill(ordered.pk)
    taken = do(administrator, ordered, "take-cards")
    assert b"".join(taken.streaming_content).startswith(b"%PDF")


def test_a_batch_is_voided(administrator: Client, batch: Batch, code: ParsedCode) -> None:
    assert do(administrator, batch, "void").status_code == 302
    assert Code.objects.get().voided_at is not None


@pytest.mark.parametrize("change", [{"count": "0"}, {"count": "100001"}, {"kind": "replacement"}, {"reason": " "}])
def test_an_order_that_makes_no_sense_is_refused(
    administrator: Client, version: PlanVersion, change: dict[str, str]
) -> None:
    assert order(administrator, version, **change).status_code == 200
    assert not Batch.objects.exists()


@pytest.mark.parametrize("role", [Role.AGENT, Role.BILLING_AGENT, Role.MANAGER])
def test_only_administrators_order_codes_and_take_lists(
    staff: Enter, version: PlanVersion, batch: Batch, role: Role
) -> None:
    browser = staff(role)
    assert order(browser, version).status_code == 403
    for deed in ("take-csv", "take-cards", "void"):
        assert do(browser, batch, deed).status_code == 403
    assert Batch.objects.count() == 1


def test_finding_codes_by_their_last_group_reads_an_index(agent: Client, code: ParsedCode) -> None:
    with CaptureQueriesContext(connection) as asked:
        page = agent.get(f"/backoffice/licensing/code/?tail={code.tail}")
    assert f"…{code.tail}" in page.content.decode()
    searches = [each["sql"] for each in asked if '"licensing_code"."tail" =' in each["sql"]]
    assert searches
    with connection.cursor() as cursor:
        # What the planner knows of a shop's worth of codes: a handful of rows is read quicker without this index.
        cursor.execute("update pg_class set reltuples = 1000000, relpages = 20000 where relname = 'licensing_code'")
        cursor.execute("set local enable_seqscan = off")
        for search in searches:
            cursor.execute(f"explain {search}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "licensing_code_tail" in plan, plan
