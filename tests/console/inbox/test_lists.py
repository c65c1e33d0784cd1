"""The inbox: views, filters, search, pages, saved views; agents only."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core import clock
from frontdesk.support.tickets.models import Agent, Conversation, Mention, SavedView, Team
from tests.people import customer, signed_in, staff_browser
from tests.support import desk

pytestmark = pytest.mark.django_db
INBOX = "/desk/inbox/"


def me(browser: Client) -> Person:
    return Person.objects.get(pk=browser.session["_auth_user_id"])


def shown(browser: Client, address: str = INBOX) -> list[str]:
    """The subjects in the list, in order."""
    return [row.conversation.subject for row in browser.get(address, follow=True).context["listing"].rows]


def made(subject: str, **values: object) -> Conversation:
    """A conversation of a guest's, with a few values set as if verbs had."""
    conversation = desk.conversation(f"{subject}@mail.example", text=f"about {subject}", subject=subject)
    Conversation.objects.filter(pk=conversation.pk).update(**values)
    conversation.refresh_from_db()
    return conversation


def test_strangers_sign_in_and_customers_are_refused(matter: Conversation) -> None:
    for page in ("/desk/", INBOX, f"{INBOX}{matter.pk}/", f"{INBOX}{matter.pk}/customer/"):
        assert Client().get(page)["Location"].startswith("/account/login/")
        assert signed_in(matter.person or customer()).get(page).status_code == 403
    assert signed_in(customer("eve@example.org")).post(f"{INBOX}bulk/").status_code == 403


def test_each_view_shows_what_belongs_to_it(kim: Client) -> None:
    now, agent, team = clock.now(), me(kim), Team.objects.create(slug="billing", name="Billing")
    Agent.objects.create(person=agent).teams.add(team)
    status = Conversation.Status
    made("mine", assignee=agent)
    made("nobodys", team=team)
    made("late", assignee=agent, next_due_at=now - timedelta(minutes=1))
    made("theirs", status=status.WAITING)
    made("later", assignee=agent, snoozed_until=now + timedelta(days=1))
    made("back", assignee=agent, snoozed_until=now - timedelta(minutes=1))
    made("done", status=status.SOLVED)
    made("spam", status=status.SPAM)
    Mention.objects.create(message=made("named").messages.get(sequence=1), person=agent)
    Conversation.objects.exclude(subject="late").update(first_due_at=None, next_due_at=None, solve_due_at=None)
    expected = {
        "mine": {"mine", "late", "back"},
        "unassigned": {"nobodys", "named"},
        "teams": {"nobodys"},
        "waiting": {"theirs"},
        "snoozed": {"later"},
        "due": {"late"},
        "mentions": {"named"},
        "reminders": set(),
        "solved": {"done"},
        "spam": {"spam"},
        "all": {"mine", "nobodys", "late", "theirs", "later", "back", "done", "named"},
    }
    assert {view: set(shown(kim, f"{INBOX}?view={view}")) for view in expected} == expected
    numbers = {link.key: link.count for link in kim.get(f"{INBOX}?view=all").context["views"]}
    counted = ("mine", "unassigned", "teams", "waiting", "snoozed", "due", "mentions")
    assert {view: numbers[view] for view in counted} == {view: len(expected[view]) for view in counted}


def test_filters_narrow_and_what_nobody_knows_is_left_out(kim: Client) -> None:
    team = Team.objects.create(slug="billing", name="Billing")
    made("one", team=team, tags=["vip"], priority=4, language="de", plan_name="Shield Plus", reason_code="code_unknown")
    made("two", tags=["vip", "swap"])
    for query, found in {
        "team=billing": ["one"],
        "tag=vip": ["two", "one"],
        "tag=vip&tag=swap": ["two"],
        "priority=4": ["one"],
        "priority=99": ["two", "one"],
        "language=de": ["one"],
        "plan=plus": ["one"],
        "reason=code_unknown": ["one"],
        "assignee=nobody": ["two", "one"],
        "assignee=me": [],
        "assignee=not-a-number": ["two", "one"],
        "status=open": ["two", "one"],
        "status=solved": [],
        "channel=form&due=never&sort=upwards": ["two", "one"],
        "area=%00&product=%27": [],
    }.items():
        assert shown(kim, f"{INBOX}?view=all&{query}") == found, query
    page = kim.get(f"{INBOX}?view=all&team=billing&tag=vip").content.decode()
    assert "Team: Billing" in page
    assert f"{INBOX}?view=all&amp;tag=vip" in page  # the way without the team


def test_search_finds_by_what_was_said_who_and_reference(kim: Client) -> None:
    found = made("Flickering", plan_name="x")
    desk.writes(found, "The taskbar vanishes after Überprüfung of C:\\temp\\protocol.log")
    made("Elsewhere")
    for text in (
        "flickering", "FLICK", "taskbar vanish", "überprüf", "protocol.log", "protocol log", "temp\\protocol",
        found.reference, found.reference.replace("-", "").lower(), "flickering@mail.example", "mail.example flick",
    ):  # fmt: skip
        assert shown(kim, f"{INBOX}?{_query(text)}") == ["Flickering"], text
    found.messages.filter(text__contains="taskbar").update(text="")  # as an erasure does
    assert shown(kim, f"{INBOX}?{_query('taskbar')}") == []


def _query(text: str) -> str:
    return urlencode({"view": "all", "q": text})


@pytest.mark.parametrize(
    "text",
    ["'", "\\", "!", "a & b | !c <-> d:*", "(((", ":*", "<->", "%", "\0", "a\0b", "…", "'; drop table x;--", "x" * 5000,
     "a " * 500, "\u202e", "😀", "नमस्ते", "日本語", "foo:bar*", "-", "e\u0301"],
)  # fmt: skip
def test_queries_of_any_kind_never_fail(kim: Client, text: str) -> None:
    assert kim.get(INBOX, {"view": "all", "q": text}).status_code == 200


def test_pages_follow_each_other_without_gap_or_double(kim: Client) -> None:
    now = clock.now()
    for number in range(34):
        # Three rows share each moment, so that the key must look at more than the time.
        made(f"n{number:02}", last_message_at=now - timedelta(hours=number // 3), first_due_at=None, next_due_at=None,
             solve_due_at=now + timedelta(hours=number) if number % 2 else None)  # fmt: skip
    for order in ("last", "created", "due"):
        first = kim.get(f"{INBOX}?view=all&sort={order}").context["listing"]
        rest = kim.get(INBOX, {"view": "all", "sort": order, "after": first.next}, headers={"X-Part": "rows"})
        subjects = [row.conversation.subject for row in [*first.rows, *rest.context["listing"].rows]]
        assert len(subjects) == len(set(subjects)) == 34, order
        assert rest.context["listing"].next == ""
        assert "<html" not in rest.content.decode()
    assert kim.get(f"{INBOX}?view=all&after=nonsense~x").status_code == 200


def test_the_filter_used_last_is_remembered(kim: Client) -> None:
    kim.get(f"{INBOX}?view=all&tag=vip")
    answer = kim.get(INBOX)
    assert answer["Location"] == f"{INBOX}?view=all&tag=vip"
    assert kim.get("/desk/", follow=True).redirect_chain[-1][0] == f"{INBOX}?view=all&tag=vip"
    assert kim.get("/desk/?q=ada")["Location"] == "/desk/customers/?q=ada"


def test_views_are_saved_for_oneself_and_by_managers_for_all(kim: Client, lou: Client) -> None:
    kim.post(f"{INBOX}views/", {"title": "VIPs", "filter": "view=all&tag=vip"})
    kim.post(f"{INBOX}views/", {"title": "VIPs", "filter": "view=all&tag=vip&priority=4"})
    view = SavedView.objects.get()
    assert view.query == {"view": "all", "tag": ["vip"], "priority": ["4"]}
    assert "VIPs" in kim.get(f"{INBOX}?view=all").content.decode()
    assert "VIPs" not in lou.get(f"{INBOX}?view=all").content.decode()
    assert lou.post(f"{INBOX}views/{view.pk}/removal/").status_code == 404
    assert kim.post(f"{INBOX}views/", {"title": "All", "filter": "", "shared": "on"}).status_code == 403
    boss = staff_browser(Role.MANAGER, "boss@halcyon.example")
    boss.post(f"{INBOX}views/", {"title": "Everybody's", "filter": "view=due", "shared": "on"})
    assert "Everybody&#x27;s" in lou.get(f"{INBOX}?view=all").content.decode()
    assert kim.post(f"{INBOX}views/{view.pk}/removal/").status_code == 302
    assert [each.title for each in SavedView.objects.all()] == ["Everybody's"]


def test_many_are_changed_at_once_and_again_without_harm(kim: Client) -> None:
    agent = me(kim)
    chosen = [made("one"), made("two"), made("closed", status=Conversation.Status.CLOSED)]
    ids = [str(each.pk) for each in chosen]

    def do(**values: object) -> str:
        answer = kim.post(f"{INBOX}bulk/?view=all", {"id": ids, **values}, follow=True)
        return " ".join(str(message) for message in answer.context["messages"])

    assert "2 conversations are changed. 1 stays" in do(do="assign", assignee="me")
    assert "3 stay" in do(do="assign", assignee="me")
    assert set(Conversation.objects.filter(assignee=agent).values_list("subject", flat=True)) == {"one", "two"}
    do(do="tag", tag="#Big-One vip")
    assert Conversation.objects.get(subject="one").tags == ["big-one", "vip"]
    do(do="snooze", until="tomorrow")
    assert Conversation.objects.filter(snoozed_until__gt=clock.now()).count() == 2
    assert "2 conversations are changed" in do(do="solve")
    assert "Say what" in do(do="tag", tag="  ")
    assert "Say what" in do(do="explode")
    assert kim.post(f"{INBOX}bulk/", {"id": ids, "do": "assign", "assignee": str(chosen[0].pk)}).status_code == 404
    assert "Choose conversations" in " ".join(
        str(each) for each in kim.post(f"{INBOX}bulk/", {"id": ["x"], "do": "solve"}, follow=True).context["messages"]
    )


def test_spam_and_merging_are_asked_first(kim: Client, ada: Person) -> None:
    first, second = desk.conversation(ada, subject="first"), desk.conversation(ada, subject="second")
    other = made("other")
    ids = [str(each.pk) for each in (second, first, other)]
    page = kim.post(f"{INBOX}bulk/", {"id": ids, "do": "merge"}).content.decode()
    assert re.search(r"first.*second.*other", page, re.DOTALL)
    assert not Conversation.objects.exclude(merged_into=None).exists()
    for _press in range(2):
        kim.post(f"{INBOX}bulk/", {"id": ids, "do": "merge", "sure": "yes"})
    assert [each.subject for each in Conversation.objects.filter(merged_into=first)] == ["second"]
    kim.post(f"{INBOX}bulk/", {"id": [str(other.pk)], "do": "spam"})
    assert Conversation.objects.get(pk=other.pk).status == "open"
    kim.post(f"{INBOX}bulk/", {"id": [str(other.pk)], "do": "spam", "sure": "yes"})
    assert Conversation.objects.get(pk=other.pk).status == "spam"


def test_agents_pause_and_come_back(kim: Client) -> None:
    Agent.objects.create(person=me(kim))
    assert "Takes new ones" in kim.get(f"{INBOX}?view=all").content.decode()
    kim.post("/desk/team/mine/", {"takes": "no"})
    assert not Agent.objects.get().takes_new
    assert "Pauses" in kim.get(f"{INBOX}?view=all").content.decode()
