"""What keeps strangers apart from owners: equal costs for every address, and caps that a stranger cannot use up."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts import guard, hashers
from frontdesk.accounts.guard import counters, credentials
from frontdesk.accounts.models import GuessCounter, Person
from frontdesk.core import clock, outbox, throttle
from frontdesk.core.errors import TooManyAttempts
from tests.accounts.attack import guess, stranger, wait_it_out
from tests.accounts.conftest import PASSWORD, link_in
from tests.support.queries import statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]
Delivered = Callable[[], list[EmailMultiAlternatives]]
SignIn = Callable[..., Client]
ADA, EVE = "ada@example.org", "eve@example.org"
NEW = "eleven loud ganders march"


def test_known_and_unknown_accounts_lock_alike(ada: Person, fast: list[str]) -> None:
    costs: dict[str, list[object]] = {ADA: [], EVE: []}
    for email, story in costs.items():
        for at in range(9):
            if at == 7:
                wait_it_out()
            fast.clear()
            client = stranger(at)
            with CaptureQueriesContext(connection) as queries:
                response = client.post("/account/login/", {"login": email, "password": "wrong but long enough"})
            asked = [re.sub(r"'[^']*'|\d+", "?", each)[:60] for each in statements(queries)]
            page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|data-now="\S+"', "", response.content.decode())
            story.append((response.status_code, len(fast), asked, page.replace(email, "")))
    assert costs[ADA] == costs[EVE]
    assert [entry[0] for entry in costs[ADA]] == [200] * 5 + [429] * 2 + [200, 429]  # type: ignore[index] # tuples


def test_known_and_unknown_accounts_get_as_many_mails(ada: Person, delivered: Delivered) -> None:
    mails = []
    for email in (ADA, EVE):
        for at in range(7):
            guess(stranger(at), email, "wrong")
        rounds = outbox.deliver_due()
        mails.append((rounds, [mail.to for mail in delivered()]))
    assert mails == [(2, [[ADA]]), (2, [[EVE]])]


def test_a_full_network_does_not_stop_a_known_browser(ada: Person, sign_in: SignIn) -> None:
    known = sign_in()
    for at in range(credentials.SIGN_IN_PREFIX.count + 1):
        last = guess(Client(), f"nobody{at}@example.org", "wrong")
    assert last == 429
    assert guess(known, ADA, PASSWORD) == 302
    for _ in range(31):
        Client().post("/account/password/reset/", {"email": EVE})
    assert known.post("/account/password/reset/", {"email": ADA}).status_code == 302


def test_a_flood_at_the_hasher_leaves_a_place_for_known_browsers(
    ada: Person, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = sign_in()
    monkeypatch.setattr(hashers, "PATIENCE_SECONDS", 0.01)
    held = [hashers._turns.acquire(blocking=False) for _ in range(hashers.AT_ONCE)]
    try:
        assert guess(stranger(), ADA, PASSWORD) == 503
        assert GuessCounter.objects.get().failures == 0, "what was never checked does not count"
        assert guess(known, ADA, PASSWORD) == 302
    finally:
        for _ in held:
            hashers._turns.release()


def test_wrong_reset_links_from_elsewhere_do_not_stop_the_mailed_one(ada: Person, delivered: Delivered) -> None:
    stranger(1).post("/account/password/reset/", {"email": ADA})
    (mail,) = delivered()
    link = link_in(mail)
    wrong = link[:-4] + "zzz/"
    statuses = [stranger(2).get(wrong).status_code for _ in range(7)]
    assert statuses == [410] * 5 + [429] * 2
    assert stranger(3).get(link).status_code == 200


def test_a_network_that_tries_reset_links_does_not_stop_a_known_browser_in_it(
    ada: Person, sign_in: SignIn, delivered: Delivered
) -> None:
    known = sign_in()
    known.post("/account/password/reset/", {"email": ADA})
    link = next(link_in(mail) for mail in delivered() if "password" in mail.subject)
    for _ in range(credentials.RESET_PREFIX.count):
        throttle.reserve(credentials.RESET_PREFIX, "127.0.0.0/24")
    assert Client().get("/account/password/reset/ab-cd/").status_code == 429
    assert known.get(link).status_code == 200


def test_a_stranger_cannot_use_up_the_owners_mails(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    known = sign_in()
    for at in range(8):
        stranger(at).post("/account/password/reset/", {"email": ADA})
    assert len(delivered()) == 5
    known.post("/account/password/reset/", {"email": ADA})
    assert len(delivered()) == 1


def test_caps_are_kept_apart_by_standing() -> None:
    for standing in guard.Standing:
        sent = [guard.may_send("code mail", ADA, standing=standing) for _ in range(6)]
        assert sent == [True] * 5 + [False]
        for _ in range(5):
            with guard.reserve_code_guess(ADA, standing=standing):
                pass
        with pytest.raises(TooManyAttempts), guard.reserve_code_guess(ADA.upper(), standing=standing):
            pass
    assert guard.CAPS == ((5, 300), (20, 3600), (50, 86_400))


def test_old_counters_that_locked_nothing_are_forgotten() -> None:
    old = clock.real_now() - timedelta(days=31)
    for name, failures in (("a", 4), ("b", 5)):
        GuessCounter.objects.create(bucket=name, failures=failures, last_at=old)
    assert counters.forget_old() == 1
    assert GuessCounter.objects.get().pk == "b"
