"""At any size a page of the inbox costs a handful of statements; `make bench` measures 50,000 conversations."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.tickets.inbox.filters import VIEWS
from frontdesk.support.tickets.inbox.listing import A_PAGE
from frontdesk.support.tickets.models import Agent, Conversation
from tests.console.inbox.test_lists import INBOX, me
from tests.people import staff_browser
from tests.support.desk import licensed
from tests.support.queries import statements

pytestmark = pytest.mark.django_db
MOST = 15  # what a page may ask
SQL = Path(__file__).parents[3] / "benchmarks" / "desk.sql"


def filled(conversations: int) -> None:
    """A desk with so many conversations."""
    sql = SQL.read_text().replace(":conversations", str(conversations)).replace(":now", f"'{clock.now().isoformat()}'")
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_every_page_of_the_inbox_asks_little(db: None) -> None:
    filled(1_000)
    browser = staff_browser(email="kim@halcyon.example")
    agent = Person.objects.get(pk=me(browser).pk)
    Agent.objects.create(person=agent)
    Conversation.objects.filter(status="open").update(assignee=agent)
    conversation = Conversation.objects.filter(status="open", person__isnull=False).first()
    assert conversation
    assert conversation.person
    for _licence in range(3):
        licensed(conversation.person)
    pages = [f"{INBOX}?view={view}" for view in VIEWS]
    pages += [f"{INBOX}?view=all&q=limit", f"{INBOX}?view=all&tag=vip&sort=due&team=team-1"]
    pages += [f"{INBOX}{conversation.pk}/?view=mine", f"{INBOX}{conversation.pk}/customer/"]
    asked = {}
    for page in pages:
        browser.get(page)  # looks are written down once an hour, remembered filters once
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(page)
        asked[page] = len(statements(queries))
        assert answer.status_code == 200
        assert len(answer.content) < 150_000
    assert {page: count for page, count in asked.items() if count > MOST} == {}
    assert len(browser.get(f"{INBOX}?view=all").context["listing"].rows) == A_PAGE
