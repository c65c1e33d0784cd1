"""The figures of chats, for managers."""

import csv
from datetime import timedelta

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core.actors import Actor
from frontdesk.support.chat import ending
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.conversations import changing
from tests.people import customer, signed_in, staff_browser
from tests.support import chats, desk

PAGE, FILE = "/desk/reports/support/chats/", "/desk/reports/support/chats/figures.csv"
SYSTEM = Actor.system()


@pytest.fixture
def manager(db: None) -> Client:
    return staff_browser(Role.MANAGER)


@pytest.fixture
def kim(db: None) -> Person:
    agent = desk.agent(name="=Kim")
    chats.come(agent)
    return agent


@pytest.fixture
def told(kim: Person) -> list[Chat]:
    """One that was answered and ended, one of another site that was missed, one of spam."""
    made = [
        chats.begin(customer(f"c{number}@example.org", "C"), site=site)
        for number, site in enumerate(("", "https://docs.halcyon.example", ""))
    ]
    chats.answers(kim, made[0])
    Chat.objects.filter(pk=made[0].pk).update(answered_at=made[0].began_at + timedelta(seconds=42))
    ending.end(actor=SYSTEM, chat=made[0], by=Chat.By.CUSTOMER)
    ending.to_ticket(actor=SYSTEM, chat=made[1], why="waited")
    changing.mark_spam(actor=SYSTEM, conversation=made[2].conversation)
    return made


def test_the_page_says_how_chats_went(manager: Client, told: list[Chat]) -> None:
    page = manager.get(PAGE + "?by=agent").content.decode()
    for words in ("42 s", "1 (50 %)", "=Kim", "figures.csv?days=30&amp;by=agent"):
        assert words in page
    assert "Nobody chatted in this time" not in page
    assert manager.get("/desk/reports/support/").status_code == 200


def test_the_file_has_the_same_figures(manager: Client, told: list[Chat]) -> None:
    """No name is a formula in it."""
    answer = manager.get(FILE + "?by=agent")
    assert "attachment" in answer["Content-Disposition"]
    rows = {row["group"]: row for row in csv.DictReader(answer.content.decode().splitlines())}
    assert set(rows) == {"*", "", "'=Kim"}
    total = rows["*"]
    assert (total["begun"], total["answered"], total["missed"]) == ("2", "1", "1")
    assert (total["wait_median_s"], total["ended_by_customer"], total["went_on_by_mail"]) == ("42", "1", "1")


@pytest.mark.parametrize("by", ["team", "agent", "area", "product", "plan", "site", "nonsense"])
def test_every_way_to_split(manager: Client, told: list[Chat], by: str) -> None:
    assert manager.get(PAGE, {"by": by, "days": "x"}).status_code == 200
    assert manager.get(FILE, {"by": by}).status_code == 200


def test_nothing_is_said_in_words(manager: Client) -> None:
    assert "Nobody chatted in this time" in manager.get(PAGE).content.decode()


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_they_are_for_managers(kim: Person, address: str) -> None:
    assert signed_in(customer()).get(address).status_code in {302, 403, 404}
    assert staff_browser(Role.AGENT).get(address).status_code == 403
