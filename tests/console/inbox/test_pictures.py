"""Pictures of mails: shown on wish, and nothing that a mail only says is taken for one."""

from html.parser import HTMLParser

import pytest
from pytest_django import Settings

from frontdesk.accounts.roles import Role
from frontdesk.support.tickets.models import Conversation
from tests.people import staff_browser
from tests.support.letters import AUTHSERV, PROVED, arrives, letter

pytestmark = pytest.mark.django_db
TRAP = 'Look: {kind}="https://far.example/ <a title=" hx-get=/desk/ hx-trigger=load " href="https://b.example/">x</a>'


class Live(HTMLParser):
    """Attributes that would do something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found = set[tuple[str, str | None]]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found |= {(name, value) for name, value in attrs if name.startswith("hx-")}


@pytest.mark.parametrize("kind", ["data-remote", "data-cid"])
def test_words_that_look_like_a_picture_open_no_attribute(kind: str, settings: Settings) -> None:
    settings.MAIL_AUTHSERV_ID = AUTHSERV
    real = '<img src="https://far.example/real.png" alt="x > y" width=3>'
    body = f"<p>{TRAP.format(kind=kind)}</p>{real}"
    arrives(letter(body, Content_Type="text/html; charset=utf-8", Authentication_Results=PROVED))
    kim = staff_browser(Role.AGENT, "kim@halcyon.example")
    page = kim.get(f"/desk/inbox/{Conversation.objects.get().pk}/?images=1").content.decode()
    assert kind in page
    assert not [each for each in Live(page).found if each == ("hx-trigger", "load")]
    assert 'src="https://far.example/real.png" referrerpolicy="no-referrer"' in page
