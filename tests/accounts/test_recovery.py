"""The way back for people who are locked out: a person of ours, three days of warning, a button that stops it."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from frontdesk.accounts.errors import RecoveryEnded, RecoveryNotPossible, RecoveryStoppedLately, RecoveryWaiting
from frontdesk.accounts.models import KnownBrowser, Person, Recovery, Session
from frontdesk.accounts.recovery import caps, judging, sweeping
from frontdesk.accounts.recovery.staff import recover_staff
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.second_factors import enrol_authenticator
from frontdesk.accounts.services.staff import make_staff
from frontdesk.core import audit, clock, outbox
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry, OutboxMessage
from tests.accounts.conftest import PASSWORD, link_in
from tests.people import customer, signed_in, staff_browser
from tests.support.queries import statements

pytestmark = pytest.mark.django_db
Delivered = Callable[[], list[EmailMultiAlternatives]]
NEW = "eleven loud ganders march"
REACH = "ada@elsewhere.example"
STAFF = Actor.staff(Person().pk, "conversation 17")


def ask(email: str = "ada@example.org", reach_at: str = REACH, **more: str) -> None:
    fields = {"email": email, "reach_at": reach_at, "explanation": "My phone fell into the lake."} | more
    answer = Client().post("/account/recover/", fields)
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == "/account/recover/asked/"


def to(mails: list[EmailMultiAlternatives], address: str) -> EmailMultiAlternatives:
    (found,) = [mail for mail in mails if mail.to == [address]]
    return found


@pytest.fixture
def asked(ada: Person, delivered: Delivered) -> Recovery:
    """A request whose address is confirmed."""
    enrol_authenticator(actor=Actor.system(), person=ada)
    ask(wants_address="")
    link = link_in(to(delivered(), REACH))
    assert Client().post(link).status_code == 302
    return Recovery.objects.get()


@pytest.fixture
def waiting(asked: Recovery, delivered: Delivered) -> Recovery:
    """A request that staff have approved; the warnings are out."""
    judging.approve(actor=STAFF, recovery=asked)
    asked.refresh_from_db()
    return asked


def wait(recovery: Recovery, hours: int) -> None:
    """Let business time pass, as the sweep sees it."""
    with clock.standing_at(timedelta(hours=hours)):
        sweeping.sweep()
    recovery.refresh_from_db()


def new_link(recovery: Recovery, delivered: Delivered) -> str:
    """The link after 72 hours."""
    wait(recovery, 49)
    wait(recovery, 73)
    (mail,) = [mail for mail in delivered() if mail.to == [REACH] and mail.subject == "Set a new password"]
    return link_in(mail)


def test_the_whole_way(ada: Person, delivered: Delivered) -> None:
    enrol_authenticator(actor=Actor.system(), person=ada)
    stays = signed_in(ada)
    ask()
    (mail,) = delivered()
    assert mail.to == [REACH]
    link = link_in(mail)
    assert "Yes, reach me here" in Client().get(link).content.decode()
    assert Recovery.objects.get().reached_at is None, "a mailed link does nothing on GET"
    assert "We have your request" in Client().post(link, follow=True).content.decode()
    recovery = Recovery.objects.get()
    manager = staff_browser(Role.MANAGER)
    page = manager.get(f"/backoffice/accounts/recovery/{recovery.pk}/change/").content.decode()
    assert "My phone fell into the lake." in page
    assert "Has a second step." in page
    deed = f"/backoffice/accounts/recovery/{recovery.pk}/do/approve/"
    assert manager.post(deed, {"reason": ""}).status_code == 422
    assert manager.post(deed, {"reason": "knew the order number"}).status_code == 302
    mails = delivered()
    assert to(mails, "ada@example.org").subject == "Somebody wants to get into your account"
    assert to(mails, REACH).subject == "We can help you back in"
    assert "Somebody is about to get into your account" in stays.get("/account/security/").content.decode()
    recovery.refresh_from_db()
    wait(recovery, 71)
    assert [mail.to for mail in delivered()] == [["ada@example.org"]], "one more warning, and no link yet"
    wait(recovery, 73)
    wait(recovery, 74)
    (mail,) = delivered()
    assert mail.to == [REACH]
    link = link_in(mail)
    assert "ada@example.org" in Client().get(link).content.decode()
    assert "15 characters" in Client().post(link, {"password": "short"}).content.decode()
    browser = Client()
    assert browser.post(link, {"password": NEW}).status_code == 302
    assert browser.get("/account/security/").status_code == 302, "it signs nobody in"
    ada.refresh_from_db()
    assert ada.check_password(NEW)
    assert ada.email == "ada@example.org"
    assert not Authenticator.objects.filter(user=ada).exists()
    assert not Session.objects.filter(person=ada).exists()
    assert ada.frozen_until is not None
    assert ada.frozen_until > clock.now() + timedelta(hours=71)
    assert ada.recovery_due_at is None
    assert {mail.to[0] for mail in delivered()} == {"ada@example.org", REACH}
    assert Client().post("/account/login/", {"login": ada.email, "password": NEW}).status_code == 302
    assert Client().get(link).status_code == 410
    told = AuditEntry.objects.filter(action__startswith="recovery.", person=ada.pk).order_by("pk")
    assert list(told.values_list("action", flat=True)) == [
        "recovery.asked", "recovery.approved", "recovery.completed",
    ]  # fmt: skip
    assert audit.reason_of(AuditEntry.objects.get(action="recovery.approved")) == "knew the order number"


def counted(queries: CaptureQueriesContext) -> int:
    """Without the demo's clock, which each thread reads once a second."""
    return len(statements(queries))


def test_unknown_accounts_get_the_same_answer_at_the_same_cost(ada: Person, delivered: Delivered) -> None:
    costs = []
    for email, reach_at in [("ada@example.org", "a@x.example"), ("nobody@example.org", "b@x.example")]:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ask(email, reach_at)
        confirmation = to(delivered(), reach_at)
        with CaptureQueriesContext(connection) as more:
            page = Client().post(link_in(confirmation), follow=True)
        assert page.status_code == 200
        costs.append(
            (counted(queries), counted(more), confirmation.subject, page.content.decode().replace(reach_at, ""))
        )
    assert costs[0][:3] == costs[1][:3]
    assert Recovery.objects.get(email="nobody@example.org").person is None


@pytest.mark.parametrize("how", ["mail", "reminder", "browser"])
def test_anybody_who_is_told_can_stop_it(ada: Person, waiting: Recovery, delivered: Delivered, how: str) -> None:
    if how == "browser":
        assert signed_in(ada).post("/account/recover/stop/").status_code == 302
    else:
        if how == "reminder":
            delivered()
            wait(waiting, 49)
        link = link_in(to(delivered(), "ada@example.org"))
        assert "Stop it" in Client().get(link).content.decode()
        waiting.refresh_from_db()
        assert waiting.is_waiting, "a mailed link does nothing on GET"
        assert Client().post(link).status_code == 200
        assert Client().get(link).status_code == 410
    waiting.refresh_from_db()
    assert waiting.stopped_at
    told = [mail for mail in delivered() if "stopped" in mail.subject or "ended" in mail.subject]
    assert {mail.to[0] for mail in told} == {"ada@example.org", REACH}
    wait(waiting, 100)
    assert delivered() == []
    ada.refresh_from_db()
    assert ada.recovery_due_at is None
    assert ada.check_password(PASSWORD)
    assert Authenticator.objects.filter(user=ada).exists()


def test_it_can_be_stopped_until_the_very_end(ada: Person, waiting: Recovery, delivered: Delivered) -> None:
    stop = link_in(to(delivered(), "ada@example.org"))
    link = new_link(waiting, delivered)
    assert Client().get(link).status_code == 200
    assert Client().post(stop).status_code == 200
    assert Client().post(link, {"password": NEW}).status_code == 410
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_a_sign_in_or_a_new_password_ends_it(ada: Person, waiting: Recovery, delivered: Delivered) -> None:
    link = new_link(waiting, delivered)
    ada.refresh_from_db()
    ada.set_password("another one altogether, quite long")
    ada.save()
    assert Client().get(link).status_code == 410
    assert Client().post(link, {"password": NEW}).status_code == 410
    ada.refresh_from_db()
    assert not ada.check_password(NEW)


def test_a_sign_in_during_the_wait_ends_it(ada: Person, waiting: Recovery, delivered: Delivered) -> None:
    secret = enrol_authenticator(actor=Actor.system(), person=ada)
    browser = Client()
    browser.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    browser.post("/account/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
    assert browser.get("/account/security/").status_code == 200
    delivered()
    wait(waiting, 73)
    wait(waiting, 74)
    assert waiting.stopped_by == "sign-in"
    assert all("Set a new password" not in mail.subject for mail in delivered())


def test_every_known_address_is_told(ada: Person, asked: Recovery, delivered: Delivered) -> None:
    now = clock.now()
    ada.address_changes.create(
        old_address="old@example.org", new_address=ada.email, needs_old=False, new_token_hash="x", asked_at=now,
        expires_at=now, completed_at=now - timedelta(days=3),
    )  # fmt: skip
    judging.approve(actor=STAFF, recovery=asked)
    warned = {mail.to[0] for mail in delivered() if mail.subject == "Somebody wants to get into your account"}
    assert warned == {"ada@example.org", "old@example.org"}


def test_the_address_is_swapped_only_if_asked_and_told(ada: Person, delivered: Delivered) -> None:
    ask(wants_address="on")
    Client().post(link_in(to(delivered(), REACH)))
    recovery = Recovery.objects.get()
    judging.approve(actor=STAFF, recovery=recovery)
    assert REACH in str(to(delivered(), "ada@example.org").body)
    recovery.refresh_from_db()
    link = new_link(recovery, delivered)
    assert REACH in Client().get(link).content.decode()
    Client().post(link, {"password": NEW})
    ada.refresh_from_db()
    assert ada.email == REACH
    assert {mail.to[0] for mail in delivered()} == {"ada@example.org", REACH}
    assert Client().post("/account/login/", {"login": REACH, "password": NEW}).status_code == 302


def test_an_address_of_another_account_is_not_taken(ada: Person, delivered: Delivered) -> None:
    bob = customer("bob@example.org")
    ask(reach_at="bob@example.org", wants_address="on")
    Client().post(link_in(to(delivered(), "bob@example.org")))
    recovery = Recovery.objects.get()
    judging.approve(actor=STAFF, recovery=recovery)
    recovery.refresh_from_db()
    wait(recovery, 49)
    wait(recovery, 73)
    (mail,) = [mail for mail in delivered() if mail.subject == "Set a new password"]
    assert Client().post(link_in(mail), {"password": NEW}).status_code == 302
    ada.refresh_from_db()
    assert (ada.email, ada.check_password(NEW)) == ("ada@example.org", True)
    assert Person.objects.get(email="bob@example.org") == bob


def test_only_managers_judge_and_agents_see(asked: Recovery) -> None:
    agent = staff_browser(Role.AGENT)
    page = f"/backoffice/accounts/recovery/{asked.pk}/"
    assert agent.get(f"{page}change/").status_code == 200
    for deed in ("approve", "refuse"):
        assert agent.post(f"{page}do/{deed}/", {"reason": "because"}).status_code == 403
    manager = staff_browser(Role.MANAGER, "manager@example.org")
    assert manager.post(f"{page}do/refuse/", {"reason": "knew nothing"}).status_code == 302
    asked.refresh_from_db()
    assert asked.refused_at
    assert "not possible" in manager.post(f"{page}do/approve/", {"reason": "x"}, follow=True).content.decode()


def test_a_request_whose_address_is_not_confirmed_reaches_nobody(ada: Person, delivered: Delivered) -> None:
    ask()
    recovery = Recovery.objects.get()
    manager = staff_browser(Role.MANAGER)
    assert REACH not in manager.get("/backoffice/accounts/recovery/").content.decode()
    assert manager.post(f"/backoffice/accounts/recovery/{recovery.pk}/do/approve/", {"reason": "x"}).status_code == 404
    with pytest.raises(RecoveryEnded):
        judging.approve(actor=STAFF, recovery=recovery)
    with clock.standing_at(timedelta(hours=25)):
        sweeping.sweep()
    assert not Recovery.objects.exists()
    assert Client().get(link_in(to(delivered(), REACH))).status_code == 410


def test_staff_are_not_recovered_so(asked: Recovery, ada: Person) -> None:
    make_staff(actor=Actor.system(), person=ada, role=Role.AGENT)
    manager = staff_browser(Role.MANAGER)
    page = manager.post(f"/backoffice/accounts/recovery/{asked.pk}/do/approve/", {"reason": "a colleague"})
    assert page.status_code == 422
    assert "recovered by an administrator" in page.content.decode()
    asked.refresh_from_db()
    assert asked.approved_at is None


def test_somebody_made_staff_meanwhile_gets_no_link(waiting: Recovery, ada: Person, delivered: Delivered) -> None:
    make_staff(actor=Actor.system(), person=ada, role=Role.AGENT)
    wait(waiting, 73)
    wait(waiting, 74)
    assert waiting.stopped_at
    assert all(mail.subject != "Set a new password" for mail in delivered())


def test_one_recovery_waits_at_a_time_and_a_stop_counts_for_a_week(
    ada: Person, waiting: Recovery, delivered: Delivered
) -> None:
    delivered()
    ask(reach_at="thief@elsewhere.example")
    Client().post(link_in(to(delivered(), "thief@elsewhere.example")))
    second = Recovery.objects.get(reach_at="thief@elsewhere.example")
    with pytest.raises(RecoveryWaiting):
        judging.approve(actor=STAFF, recovery=second)
    signed_in(ada).post("/account/recover/stop/")
    with pytest.raises(RecoveryStoppedLately):
        judging.approve(actor=STAFF, recovery=second)
    assert judging.hints(second).stopped_lately


def test_a_stranger_cannot_stop_it(waiting: Recovery, delivered: Delivered) -> None:
    stop = link_in(to(delivered(), "ada@example.org"))
    bob = signed_in(customer("bob@example.org"))
    assert bob.post("/account/recover/stop/").status_code == 302
    assert "about to get into" not in bob.get("/account/security/").content.decode()
    assert Client().post("/account/recover/stop/").status_code == 302
    another = "1" if stop[-2] == "0" else "0"
    assert Client().post(f"{stop[:-2]}{another}/").status_code in {404, 410}
    assert Client().post(f"/account/recover/stop/{waiting.pk.hex}-/").status_code == 410
    assert Client().post("/account/recover/stop/nonsense/").status_code == 410
    waiting.refresh_from_db()
    assert waiting.is_waiting


def test_asking_does_not_annoy(ada: Person, delivered: Delivered) -> None:
    for _ in range(caps.REACH.count + 2):
        ask()
    mails = delivered()
    assert len(mails) == caps.REACH.count
    assert {mail.to[0] for mail in mails} == {REACH}, "the owner hears of nothing before a person approves"
    fields = {"email": "a@b.example", "explanation": "x"}
    addresses = [f"x{number}@b.example" for number in range(caps.NETWORK.count)]
    statuses = [Client().post("/account/recover/", fields | {"reach_at": each}).status_code for each in addresses]
    assert statuses[-1] == 429
    ask_elsewhere = Client(REMOTE_ADDR="203.0.113.9").post(
        "/account/recover/", {"email": "ada@example.org", "reach_at": "real@elsewhere.example", "explanation": "me"}
    )
    assert ask_elsewhere.status_code == 302, "a stranger does not use up the owner's way"
    assert len(delivered()) > 0


def test_known_browsers_and_other_second_steps_go(ada: Person, waiting: Recovery, delivered: Delivered) -> None:
    now = clock.real_now()
    KnownBrowser.objects.create(person=ada, token_hash="x", created_at=now, last_used_at=now, remembered_until=now)
    Person.objects.filter(pk=ada.pk).update(second_step_by_sms=True, second_step_by_mail=True)
    assert Client().post(new_link(waiting, delivered), {"password": NEW}).status_code == 302
    ada.refresh_from_db()
    assert not KnownBrowser.objects.filter(person=ada).exists()
    assert not ada.second_step_by_sms
    assert not ada.second_step_by_mail


def test_what_nobody_uses_ends_by_itself(waiting: Recovery, ada: Person, delivered: Delivered) -> None:
    link = new_link(waiting, delivered)
    with clock.standing_at(timedelta(hours=73 + 73)):
        sweeping.sweep()
    waiting.refresh_from_db()
    assert waiting.expired_at
    assert Client().get(link).status_code == 410
    ada.refresh_from_db()
    assert ada.recovery_due_at is None
    with clock.standing_at(timedelta(days=100)):
        sweeping.sweep()
    assert not Recovery.objects.exists()


def test_no_link_of_it_stands_in_a_table(waiting: Recovery, delivered: Delivered) -> None:
    token = new_link(waiting, delivered).rstrip("/").rpartition("/")[2]
    assert token not in str(list(Recovery.objects.values()) + list(OutboxMessage.objects.values()))


def test_times_are_told_in_utc_whatever_zone_is_set(waiting: Recovery, ada: Person, settings: Settings) -> None:
    ada.refresh_from_db()
    ada.time_zone = "Asia/Tokyo"
    ada.save(update_fields=["time_zone"])
    assert waiting.due_at is not None
    assert f"{waiting.due_at:%H:%M} (UTC)" in signed_in(ada).get("/account/security/").content.decode()


def test_an_administrator_lets_staff_in_again_at_the_server(ada: Person) -> None:
    with pytest.raises(RecoveryNotPossible):
        recover_staff(actor=Actor.system("command"), email="ada@example.org")
    staff_browser(Role.AGENT)
    link = recover_staff(actor=Actor.system("command: saw her passport"), email=" Staff@example.org")
    sam = Person.objects.get(email="staff@example.org")
    assert not sam.has_usable_password()
    assert not sam.has_second_factor
    assert not Session.objects.filter(person=sam).exists()
    browser = Client()
    path = "/" + link.split("/", 3)[3]
    answer = browser.post(path, {"name": "Sam", "password": NEW})
    assert answer["Location"].startswith("/account/2fa/totp/activate/"), "a second factor is compulsory again"
    assert audit.reason_of(AuditEntry.objects.get(action="staff.recovered")) == "command: saw her passport"


def test_the_phone_is_told_whatever_the_budgets_say(
    ada: Person, asked: Recovery, settings: Settings, tmp_path: Path
) -> None:
    settings.SMS_ADAPTER, settings.SMS_FOLDER, settings.SMS_PER_NUMBER = "file", tmp_path, 0
    Person.objects.filter(pk=ada.pk).update(phone="+4915112345678", phone_confirmed_at=clock.real_now())
    judging.approve(actor=STAFF, recovery=asked)
    outbox.deliver_due()
    (told,) = [json.loads(file.read_text()) for file in tmp_path.iterdir()]
    link = re.search(r"/account/recover/stop/\S+", str(told))
    assert link
    assert Client().post(link.group().rstrip("'\",}")).status_code == 200
    asked.refresh_from_db()
    assert asked.stopped_at
