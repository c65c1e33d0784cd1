"""Signing in: hints, locks, where it leads, and that nothing tells known accounts from unknown ones."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.guard import caps
from frontdesk.accounts.hashers import CappedArgon2Hasher
from frontdesk.accounts.models import Person, Session
from frontdesk.core import outbox
from tests.accounts.conftest import PASSWORD
from tests.support.queries import statements

SignIn = Callable[..., Client]


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every run of the hasher, in order."""
    runs: list[str] = []
    encode, verify = CappedArgon2Hasher.encode, CappedArgon2Hasher.verify

    def counted_encode(self: CappedArgon2Hasher, password: str, salt: str) -> str:
        runs.append(password)
        return encode(self, password, salt)

    def counted_verify(self: CappedArgon2Hasher, password: str, encoded: str) -> bool:
        runs.append(password)
        return verify(self, password, encoded)

    monkeypatch.setattr(CappedArgon2Hasher, "encode", counted_encode)
    monkeypatch.setattr(CappedArgon2Hasher, "verify", counted_verify)
    return runs


@pytest.mark.django_db
def test_signing_in_takes_few_queries(ada: Person, browser: Client) -> None:
    browser.get("/account/login/")
    with CaptureQueriesContext(connection) as queries:
        response = browser.post("/account/login/", {"login": "ADA@example.org ", "password": PASSWORD})
    assert response["Location"] == "/home/"
    asked = statements(queries)
    assert len(asked) <= 12, asked


@pytest.mark.django_db
@pytest.mark.parametrize("flow", ["/account/login/", "/account/password/reset/", "/account/signup/"])
def test_known_and_unknown_accounts_cost_the_same(ada: Person, flow: str, hashes: list[str]) -> None:
    costs, bodies = [], []
    for email in ("ada@example.org", "eve@example.org"):
        client = Client()
        client.get(flow)
        hashes.clear()
        with CaptureQueriesContext(connection) as queries:
            fields = {"login": email, "email": email, "password": "wrong but long enough"}
            response = client.post(flow, fields)
        delivered = outbox.deliver_due()
        asked = statements(queries)
        costs.append((len(asked), len(hashes), len(mail.outbox), delivered, response.status_code))
        bodies.append(response.headers.get("Location", ""))
        mail.outbox.clear()
    assert costs[0] == costs[1]
    assert bodies[0] == bodies[1]


@pytest.mark.django_db
def test_wrong_credentials_get_hints_that_reveal_nothing(ada: Person, browser: Client) -> None:
    known = browser.post("/account/login/", {"login": "ada@example.org", "password": " WRONG GUESS"})
    unknown = browser.post("/account/login/", {"login": "eve@example.org", "password": " WRONG GUESS"})
    text = known.content.decode()
    assert "begins or ends with a space" in text
    assert "caps lock" in text
    assert "another address" in text
    assert text.count("<li>") == unknown.content.decode().count("<li>")
    typo = browser.post("/account/login/", {"login": "ada@gmial.com", "password": "wrong guess"})
    assert "gmail.com" in typo.content.decode()


@pytest.mark.django_db
def test_too_many_guesses_are_told_how_long_to_wait_and_hash_nothing(
    ada: Person, browser: Client, hashes: list[str]
) -> None:
    for _ in range(5):
        assert browser.post("/account/login/", {"login": "ada@example.org", "password": "wrong"}).status_code == 200
    hashes.clear()
    for email in ("ada@example.org", "eve@example.org"):
        for _ in range(6):
            locked = browser.post("/account/login/", {"login": email, "password": PASSWORD})
        assert locked.status_code == 429
        assert int(locked["Retry-After"]) <= 61
        assert "minute" in locked.content.decode()
        assert "/account/password/reset/" in locked.content.decode()
    assert len(hashes) == 5, "only the five free guesses at the unknown account were hashed"


@pytest.mark.django_db
def test_a_right_password_does_not_count(ada: Person, sign_in: SignIn) -> None:
    for _ in range(7):
        sign_in()


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_do_not_pass_the_bound(ada: Person, hashes: list[str]) -> None:

    def guess(at: int) -> int:
        try:
            client = Client(REMOTE_ADDR=f"198.51.{at}.7")
            return client.post("/account/login/", {"login": "ada@example.org", "password": f"guess {at}"}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(guess, range(48)))
    assert statuses.count(200) == 5
    assert statuses.count(429) == 43
    assert len(hashes) == 5


@pytest.mark.django_db
def test_a_header_of_the_callers_choosing_changes_nothing(ada: Person) -> None:
    statuses = [
        Client(REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR=f"198.51.{at}.7")
        .post("/account/password/reset/", {"email": "ada@example.org"})
        .status_code
        for at in range(caps.ASK_PREFIX.count + 1)
    ]
    assert statuses[-1] == 429
    assert statuses.count(429) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil.example"],
)
def test_signing_in_never_leads_elsewhere(ada: Person, browser: Client, target: str) -> None:
    fields = {"login": "ada@example.org", "password": PASSWORD, "next": target}
    assert browser.post("/account/login/", fields)["Location"] == "/home/"


@pytest.mark.django_db
def test_signing_in_leads_back_to_the_page(ada: Person, browser: Client) -> None:
    page = browser.get("/account/login/?next=/messages/")
    assert 'value="/messages/"' in page.content.decode()
    fields = {"login": "ada@example.org", "password": PASSWORD, "next": "/messages/"}
    assert browser.post("/account/login/", fields)["Location"] == "/messages/"


@pytest.mark.django_db
def test_an_inactive_account_cannot_be_told_from_none(ada: Person, browser: Client) -> None:
    Person.objects.update(is_active=False)
    response = browser.post("/account/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert response.status_code == 200
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_account_pages_are_not_kept_by_caches(browser: Client) -> None:
    assert browser.get("/account/login/")["Cache-Control"] == "no-store, private"


@pytest.mark.django_db
def test_a_stale_form_and_a_wrong_method_explain_themselves(ada: Person) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    strict.get("/account/login/")
    stale = strict.post("/account/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert stale.status_code == 403
    assert "stale" in stale.content.decode()
    wrong = strict.put("/account/confirm-email/", headers={"X-CSRFToken": "x"})
    assert wrong.status_code in {403, 405}
    assert "<h1>" in Client().delete("/account/password/reset/").content.decode()


@pytest.mark.django_db
def test_pages_speak_the_persons_language(ada: Person, sign_in: SignIn) -> None:
    Person.objects.update(language="de", time_zone="Europe/Berlin")
    assert 'lang="de"' in sign_in().get("/account/security/").content.decode()
