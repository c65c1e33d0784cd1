"""Passkeys below the browser: what is accepted, and everything that is not."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import Settings

from frontdesk.accounts.factors import passkeys
from frontdesk.accounts.factors.ways import Way, ways_of
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.staff import make_staff
from frontdesk.core import personal
from frontdesk.core.actors import Actor
from tests.accounts.conftest import PASSWORD
from tests.accounts.soft_key import SoftKey
from tests.people import customer

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
Delivered = Callable[[], list[EmailMultiAlternatives]]
ORIGIN = "http://testserver.localhost"
SECOND_STEP, ADD = "/account/2fa/authenticate/", "/account/2fa/passkeys/add/"


@pytest.fixture(autouse=True)
def at_a_name(settings: Settings) -> None:
    """Browsers know passkeys at localhost, and so do we."""
    settings.FRONTDESK_URL = ORIGIN


def browser() -> Client:
    return Client(SERVER_NAME="testserver.localhost")


def password_step(email: str = "ada@example.org") -> Client:
    client = browser()
    client.post("/account/login/", {"login": email, "password": PASSWORD})
    return client


def challenge_in(options: str) -> str:
    return str(json.loads(options)["publicKey"]["challenge"])


def add(client: Client, person: Person, key: SoftKey | None = None, name: str = "laptop") -> SoftKey:
    """Add a passkey through the page."""
    key = key or SoftKey(ORIGIN, person.pk)
    credential = key.make(challenge_in(client.get(ADD).context["options"]))
    response = client.post(ADD, {"name": name, "credential": credential})
    assert response.status_code == 302, response.content.decode()
    return key


def ask(client: Client) -> str:
    return str(client.post("/account/login/passkey/options/").json()["publicKey"]["challenge"])


def show(client: Client, credential: str, **more: str) -> Any:
    return client.post("/account/login/passkey/", {"credential": credential, **more})


def test_adding_naming_listing_removing(ada: Person, delivered: Delivered) -> None:
    client = password_step()
    add(client, ada)
    page = client.get("/account/security/").content.decode()
    assert "laptop" in page
    assert [mail.subject for mail in delivered()] == ["The second step is on"]
    assert ways_of(ada) == [Way.PASSKEY, Way.RECOVERY]
    row = Authenticator.objects.get(user=ada, type=Way.PASSKEY)
    client.post(f"/account/2fa/passkeys/{row.pk}/", {"name": "blue key"})
    assert "blue key" in client.get("/account/security/").content.decode()
    assert "blue key" in client.get(f"/account/2fa/passkeys/{row.pk}/remove/").content.decode()
    client.post(f"/account/2fa/passkeys/{row.pk}/remove/")
    assert [mail.subject for mail in delivered()] == ["The second step is off"]
    assert not Authenticator.objects.filter(user=ada).exists(), "nor recovery codes"


def test_signing_in_by_passkey_alone(ada: Person) -> None:
    key = add(password_step(), ada)
    client = browser()
    assert show(client, key.show(ask(client)), next="/licenses/")["Location"] == "/licenses/"
    assert client.get("/account/security/").status_code == 200, "no second step: it was two in one"
    again = browser()
    assert show(again, key.show(ask(again)), next="https://evil.example/")["Location"] == "/home/"


def test_a_passkey_as_the_second_step(ada: Person) -> None:
    key = add(password_step(), ada)
    client = password_step()
    assert client.get("/account/security/").status_code == 302
    options = client.get(SECOND_STEP).context["options"]
    shown = replace(key, verified=False).show(challenge_in(options))
    assert client.post(SECOND_STEP, {"way": "webauthn", "credential": shown})["Location"] == "/home/"
    assert client.get("/account/security/").status_code == 200


def test_a_passkey_opens_the_back_office(ada: Person) -> None:
    make_staff(actor=Actor.system(), person=ada, role=Role.AGENT)
    client = password_step()
    key = add(client, ada)
    assert client.get("/backoffice/").status_code == 200
    other = browser()
    other.force_login(ada)
    asked = other.get("/backoffice/")["Location"]
    shown = key.show(challenge_in(other.get(asked).context["options"]))
    assert other.post(asked, {"credential": shown})["Location"] == "/backoffice/"
    assert other.get("/backoffice/").status_code == 200


def wrong_keys(ada: Person, bob: Person) -> dict[str, Callable[[SoftKey, str], str]]:
    """Answers that prove nothing, by what is wrong with them."""
    return {
        "another site": lambda key, asked: replace(key, origin="http://evil.localhost").show(asked),
        "another port": lambda key, asked: replace(key, origin=f"{ORIGIN}:8000").show(asked),
        "a subdomain": lambda key, asked: replace(key, origin="http://evil.testserver.localhost").show(asked),
        "another party": lambda key, asked: replace(key, rp_id="evil.localhost").show(asked),
        "another challenge": lambda key, _asked: key.show("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        "another key": lambda key, asked: replace(key, private=SoftKey(ORIGIN, ada.pk).private).show(asked),
        "an unknown key": lambda key, asked: replace(key, key_id=b"unknown").show(asked),
        "a copy, older": lambda key, asked: replace(key, counter=-1).show(asked),
        "another person": lambda key, asked: replace(key, person=bob.pk).show(asked),
        "an answer to something else": lambda key, asked: key.make(asked),
        "no finger and no PIN": lambda key, asked: replace(key, verified=False).show(asked),
    }


def test_what_proves_nothing_is_not_accepted(ada: Person) -> None:
    bob = customer("bob@example.org", "Bob")
    key = add(password_step(), ada)
    client = browser()
    first = show(client, key.show(ask(client)))
    assert first["Location"] == "/home/"
    for name, answer in wrong_keys(ada, bob).items():
        client = browser()
        assert show(client, answer(key, ask(client)))["Location"] == "/account/login/", name
        assert client.get("/account/security/").status_code == 302, name


def test_each_challenge_is_good_for_one_answer_in_one_browser(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    key = add(password_step(), ada)
    client, thief = browser(), browser()
    answer = key.show(ask(client))
    ask(thief)
    assert show(thief, answer)["Location"] == "/account/login/", "overheard and sent from elsewhere"
    assert show(client, answer)["Location"] == "/home/"
    client.post("/account/logout/")
    assert show(client, answer)["Location"] == "/account/login/", "sent again"
    wrong = browser()
    challenge = ask(wrong)
    show(wrong, "{}")
    assert show(wrong, key.show(challenge))["Location"] == "/account/login/", "a wrong answer uses it up, too"
    late = browser()
    challenge = ask(late)
    monkeypatch.setattr(passkeys, "GOOD_FOR_SECONDS", -1)
    assert show(late, key.show(challenge))["Location"] == "/account/login/"


def test_a_challenge_of_one_step_does_not_serve_another(ada: Person) -> None:
    bob = customer("bob@example.org", "Bob")
    client = password_step()
    key = add(client, ada)
    theirs = add(password_step(bob.email), bob, SoftKey(ORIGIN, bob.pk, key_id=b"soft key 02"))
    asked = ask(browser())
    second = password_step()
    challenge = challenge_in(second.get(SECOND_STEP).context["options"])
    assert second.post(SECOND_STEP, {"way": "webauthn", "credential": theirs.show(challenge)}).status_code == 200
    second.get(SECOND_STEP)
    assert second.post(SECOND_STEP, {"way": "webauthn", "credential": key.show(asked)}).status_code == 200
    challenge = challenge_in(second.get(SECOND_STEP).context["options"])
    assert show(second, key.show(challenge))["Location"] == "/account/login/", "the second step's, at the first"
    assert second.get("/account/security/").status_code == 302


NOTHING = (
    '{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA"}}'
)
GARBAGE = ["", "null", "[]", "{}", "[" * 15_000, '{"id":1,"rawId":"x","response":[]}', NOTHING, "x" * 30_000, "1e999"]


def test_garbage_is_refused_in_words(ada: Person) -> None:
    client = password_step()
    key = add(client, ada)
    second, third = password_step(), browser()
    for text in GARBAGE:
        client.get(ADD)
        assert client.post(ADD, {"name": "x", "credential": text}).status_code == 200
        second.get(SECOND_STEP)
        assert second.post(SECOND_STEP, {"way": "webauthn", "credential": text}).status_code == 200
        ask(third)
        assert show(third, text)["Location"] == "/account/login/"
        answer = json.loads(key.show(ask(third)))
        for name in list(answer["response"]):
            broken = {**answer, "response": {**answer["response"], name: text[:50]}}
            ask(third)
            assert show(third, json.dumps(broken))["Location"] == "/account/login/", name


def test_the_same_passkey_is_not_added_to_two_accounts_by_one_answer(ada: Person) -> None:
    client, other = password_step(), password_step(customer("bob@example.org", "Bob").email)
    answer = SoftKey(ORIGIN, ada.pk).make(challenge_in(client.get(ADD).context["options"]))
    other.get(ADD)
    assert other.post(ADD, {"name": "theirs", "credential": answer}).status_code == 200
    assert client.post(ADD, {"name": "mine", "credential": answer}).status_code == 302
    assert client.post(ADD, {"name": "mine", "credential": answer}).status_code == 200, "once"


def test_nobody_signs_in_to_a_closed_or_secured_account(ada: Person) -> None:
    key = add(password_step(), ada)
    Person.objects.filter(pk=ada.pk).update(must_reset_password=True)
    client = browser()
    assert show(client, key.show(ask(client)))["Location"] == "/account/password/reset/"
    assert client.get("/account/security/").status_code == 302
    Person.objects.filter(pk=ada.pk).update(must_reset_password=False, is_active=False)
    assert show(client, key.show(ask(client)))["Location"] == "/account/login/"


def test_the_last_passkey_stays_while_the_password_is_short(ada: Person) -> None:
    client = password_step()
    add(client, ada)
    add(client, ada, SoftKey(ORIGIN, ada.pk, key_id=b"soft key 02"), "second")
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password": "9 herons"})
    first, second = Authenticator.objects.filter(user=ada, type=Way.PASSKEY).order_by("pk")
    assert client.post(f"/account/2fa/passkeys/{first.pk}/remove/").status_code == 302
    assert "15 characters" in client.get(f"/account/2fa/passkeys/{second.pk}/remove/").content.decode()
    assert client.post(f"/account/2fa/passkeys/{second.pk}/remove/").status_code == 409
    assert ada.has_second_factor


@pytest.mark.parametrize(
    ("url", "host", "said"),
    [
        ("https://desk.halcyon.example", "desk.halcyon.example", ""),
        ("http://localhost:8000", "localhost:8000", ""),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", "http://localhost:8000"),
        ("http://localhost:8000", "127.0.0.1:8000", "http://localhost:8000"),
        ("http://desk.halcyon.example", "desk.halcyon.example", "https"),
        ("https://192.0.2.7", "192.0.2.7", "at a name"),
    ],
)
def test_where_passkeys_cannot_work_the_page_says_so(
    url: str, host: str, said: str, ada: Person, settings: Settings
) -> None:
    settings.FRONTDESK_URL = url
    client, secure = Client(headers={"host": host}), url.startswith("https")
    offered = "data-passkey" in client.get("/account/login/", secure=secure).content.decode()
    client.force_login(ada)
    page = client.get("/account/security/", secure=secure).content.decode()
    assert offered is (said == "")
    assert ("Passkeys do not work at this address" in page) is (said != "")
    assert said in page
    assert (ADD in page) is (said == "")


def test_asking_for_challenges_is_bounded(ada: Person) -> None:
    client = browser()
    answers = [client.post("/account/login/passkey/options/").status_code for _ in range(121)]
    assert answers == [200] * 120 + [429]
    assert client.get("/account/login/passkey/options/").status_code == 405


def test_the_copy_of_somebodys_data_names_their_passkeys(ada: Person) -> None:
    add(password_step(), ada)
    (exporter,) = [each for each in personal.exporters() if each.name == "second-factors"]
    rows = list(exporter.rows(personal.Traces(ada.pk)))
    assert sorted((row["type"], row["name"]) for row in rows) == [("recovery_codes", None), ("webauthn", "laptop")]


def test_nothing_of_a_passkey_is_logged(ada: Person, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        key = add(password_step(), ada)
        client = browser()
        show(client, key.show(ask(client)))
    assert ada.email not in caplog.text
