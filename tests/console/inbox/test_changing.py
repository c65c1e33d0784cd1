"""Whose turn it is, who has it, when it comes back; merging and splitting; doing things for the customer beside it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.accounts import guard
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.console import conversations
from frontdesk.console.views import conversation_joining
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from frontdesk.licensing import devices
from frontdesk.licensing.models import Activation, Code
from frontdesk.support.helpcentre.models import Article
from frontdesk.support.tickets.conversations import joining
from frontdesk.support.tickets.mail import blocking
from frontdesk.support.tickets.models import Area, CannedReply, Conversation, Macro, Message, Reminder, Team
from tests.console.conftest import press
from tests.console.inbox.test_lists import INBOX, me, shown
from tests.console.inbox.test_talking import page_of
from tests.people import PASSWORD, staff_browser
from tests.support import bills, desk

pytestmark = pytest.mark.django_db


def told(browser: Client, address: str, **values: object) -> str:
    """Press something; what the next page says."""
    return " ".join(str(each) for each in browser.post(address, values, follow=True).context["messages"])


def lines(conversation: Conversation) -> list[str]:
    """The keys of the lines about what happened."""
    return [each.data["what"] for each in Message.objects.filter(conversation=conversation, kind="event")]


def test_each_turn_is_a_press_and_a_second_press_harms_nothing(kim: Client, matter: Conversation) -> None:
    turn = f"{page_of(matter)}turn/"
    assert "yours" in told(kim, turn, do="take")
    assert "so already" in told(kim, turn, do="take")
    for do, status in (
        ("wait", "waiting"),
        ("resume", "open"),
        ("solve", "solved"),
        ("reopen", "open"),
        ("spam", "spam"),
    ):
        for _press in range(2):
            told(kim, turn, do=do)
        matter.refresh_from_db()
        assert matter.status == status
    assert lines(matter).count("solved") == 1
    assert kim.post(turn, {"do": "vanish"}).status_code == 404
    assert kim.get(turn).status_code == 405


def test_an_old_form_leaves_what_a_colleague_changed(kim: Client, lou: Client, matter: Conversation) -> None:
    team = Team.objects.create(slug="billing", name="Billing")
    area = Area.objects.create(slug="billing", titles={"en": "Billing"})
    old = {"was_team": "", "team": "", "was_priority": "2", "was_area": "", "area": "", "was_tags": "", "tags": ""}
    address = f"{page_of(matter)}properties/"
    lou.post(address, {"was_team": "", "team": str(team.pk)})
    kim.post(address, {**old, "priority": "4", "area": str(area.pk), "tags": "A b, #c"})
    matter.refresh_from_db()
    assert (matter.team, matter.priority, matter.area, matter.tags) == (team, 4, area, ["a", "b", "c"])
    kim.post(address, {"was_tags": "a b c", "tags": "b", "was_assignee": "", "assignee": str(me(lou).pk)})
    matter.refresh_from_db()
    assert (matter.tags, matter.assignee) == (["b"], me(lou))
    for wrong in ({"team": str(uuid4())}, {"assignee": str(matter.person_id)}, {"priority": "9"}, {"area": "x"}):
        assert "nothing here" in told(kim, address, **wrong)


def test_put_off_and_back(kim: Client, matter: Conversation) -> None:
    kim.post(f"{page_of(matter)}turn/", {"do": "take"})
    assert kim.get(f"{page_of(matter)}put-off/").status_code == 200
    for wrong in ({}, {"until": "2001-01-01T10:00"}, {"until": "soon"}, {"preset": "never"}):
        assert kim.post(f"{page_of(matter)}put-off/", wrong).status_code == 422
    kim.post(f"{page_of(matter)}put-off/", {"preset": "monday"})
    matter.refresh_from_db()
    assert matter.snoozed_until
    assert matter.snoozed_until > clock.now()
    assert matter.subject not in shown(kim, f"{INBOX}?view=mine")
    kim.post(f"{page_of(matter)}turn/", {"do": "wake"})
    assert matter.subject in shown(kim, f"{INBOX}?view=mine")


def test_a_reminder_is_ones_own(kim: Client, lou: Client, matter: Conversation) -> None:
    for _press in range(2):
        kim.post(f"{page_of(matter)}reminder/", {"preset": "tomorrow", "words": "Ask Bo"})
    assert shown(kim, f"{INBOX}?view=reminders") == []
    Reminder.objects.update(due_at=clock.now() - timedelta(minutes=1))
    assert shown(kim, f"{INBOX}?view=reminders") == [matter.subject]
    assert shown(lou, f"{INBOX}?view=reminders") == []
    kim.post(f"{page_of(matter)}turn/", {"do": "remembered"})
    assert shown(kim, f"{INBOX}?view=reminders") == []
    assert Reminder.objects.count() == 1


def test_merging_offers_the_same_customers_only(kim: Client, matter: Conversation) -> None:
    same = desk.conversation(matter.person or "", subject="The same again")
    strange = desk.conversation("bob@mail.example", subject="Bob's")
    address = f"{page_of(matter)}merge/"
    page = kim.get(address).content.decode()
    assert "The same again" in page
    assert "Bob" not in page
    assert "The same again" not in kim.get(f"{address}?q=nothing").content.decode()
    for wrong in (str(strange.pk), str(matter.pk), "x"):
        assert kim.post(address, {"into": wrong}).status_code == 404
    answer = kim.post(address, {"into": str(same.pk)}, follow=True)
    assert answer.redirect_chain[-1][0].startswith(page_of(same))
    assert kim.get(address, follow=True).redirect_chain[-1][0].startswith(page_of(same))


def test_splitting_takes_the_chosen_messages(kim: Client, matter: Conversation) -> None:
    second = desk.writes(matter, "And my invoice is wrong")
    address = f"{page_of(matter)}split/"
    assert kim.post(address, {"subject": "Invoice"}).status_code == 422
    assert kim.post(address, {"subject": "", "message": [str(second.pk)]}).status_code == 422
    kim.post(address, {"subject": "Invoice", "message": [str(second.pk), str(uuid4())]})
    made = Conversation.objects.get(subject="Invoice")
    assert [each.text for each in made.messages.filter(kind="customer")] == ["And my invoice is wrong"]


def test_freeing_a_seat_says_so_in_the_conversation_once(kim: Client, matter: Conversation) -> None:
    assert matter.person
    held, _code = desk.licensed(matter.person)
    device = desk.seat(held, "Old PC")
    address = f"{page_of(matter)}devices/{device.pk}/free/"
    once = str(uuid4())
    for _press in range(2):
        answer = press(kim, address, once=once)
    assert answer.redirect_chain[-1][0].startswith(page_of(matter))
    assert Activation.objects.get(pk=device.pk).removed_at is not None
    assert lines(matter) == ["seat_freed"]
    page = kim.get(page_of(matter)).content.decode()
    assert "freed the seat of “Old PC” · reason: conversation 4711" in page
    assert kim.post(address, {"once": once, "reason": ""}).status_code == 422


def test_a_code_is_replaced_once(kim: Client, matter: Conversation) -> None:
    assert matter.person
    held, _code = desk.licensed(matter.person)
    once = str(uuid4())
    for _press in range(2):
        press(kim, f"{page_of(matter)}licenses/{held.pk}/code/", once=once)
    assert Code.objects.filter(license=held).count() == 2
    assert lines(matter) == ["code_replaced"]


def test_days_are_for_billing_agents(kim: Client, lou: Client, matter: Conversation) -> None:
    assert matter.person
    held, _code = desk.licensed(matter.person)
    address, before = f"{page_of(matter)}licenses/{held.pk}/days/", held.expires_at
    assert kim.get(address).status_code == 403
    once = str(uuid4())
    for _press in range(2):
        press(lou, address, days="30", once=once)
    held.refresh_from_db()
    assert held.expires_at - before == timedelta(days=30)
    assert lines(matter) == ["license_extended"]
    assert "/days/" not in kim.get(f"{page_of(matter)}customer/").content.decode()
    assert address in lou.get(f"{page_of(matter)}customer/").content.decode()


def test_what_is_another_customers_is_not_found(lou: Client, matter: Conversation, bob: Person) -> None:
    theirs, _code = desk.licensed(bob)
    device = desk.seat(theirs)
    guest = desk.conversation("guest@mail.example")
    for conversation in (matter, guest):
        for part in (f"devices/{device.pk}/free/", f"licenses/{theirs.pk}/code/", f"licenses/{theirs.pk}/days/"):
            assert lou.get(page_of(conversation) + part).status_code == 404
            assert lou.post(page_of(conversation) + part, {"once": uuid4(), "reason": "x"}).status_code == 404
    assert lou.get(f"{page_of(guest)}account/unlock/").status_code == 404


def test_a_pause_is_seen_and_ended(kim: Client, matter: Conversation) -> None:
    assert matter.person
    for _guess in range(5):
        Client().post("/account/login/", {"login": matter.person.email, "password": "wrong " + PASSWORD})
    assert guard.pause_of(matter.person)
    assert "paused after wrong passwords" in kim.get(f"{page_of(matter)}customer/").content.decode()
    press(kim, f"{page_of(matter)}account/unlock/")
    assert guard.pause_of(matter.person) is None
    assert lines(matter) == ["account_unlocked"]


def test_the_customer_beside_is_shown_by_role_and_the_look_is_written_down(
    kim: Client, lou: Client, matter: Conversation
) -> None:
    assert matter.person
    held, _code = desk.licensed(matter.person, desk.plan(devices=1))
    desk.seat(held, "Only one")
    bills.payment(bills.invoice(bills.order(matter.person)))
    plain, rich = (browser.get(f"{page_of(matter)}customer/").content.decode() for browser in (kim, lou))
    for text in ("Only one", "1 of 1 devices used", "days left"):
        assert text in plain
    assert "39.95" in rich
    assert "39.95" not in plain
    assert AuditEntry.objects.filter(action="staff.looked", person=matter.person_id, data__page="customer").count() == 2
    guest = desk.conversation(matter.person.email, channel="mail")
    page = kim.get(f"{page_of(guest)}customer/").content.decode()
    assert "Only one" not in page
    assert "There is an account with this address" in page or "Sender not proved" in page


def test_a_macro_runs_its_steps(kim: Client, matter: Conversation) -> None:
    macro = Macro.objects.create(
        title="Tidy", actions=[{"do": "add_tag", "value": "tidy"}, {"do": "priority", "value": 3}]
    )
    kim.post(f"{page_of(matter)}macros/{macro.pk}/")
    matter.refresh_from_db()
    assert (matter.tags, matter.priority) == (["tidy"], 3)
    assert kim.post(f"{page_of(matter)}macros/{uuid4()}/").status_code == 404


def test_a_macros_button_runs_it_once_and_past_nobody(kim: Client, lou: Client, matter: Conversation) -> None:
    CannedReply.objects.create(title="Hello", shortcut="hello", texts={"en": "Hello!"})
    macro = Macro.objects.create(title="Greet", actions=[{"do": "reply", "value": "hello"}])
    other = Macro.objects.create(title="Tidy", actions=[{"do": "add_tag", "value": "tidy"}])
    address = f"{page_of(matter)}macros/{macro.pk}/"
    context = kim.get(page_of(matter)).context
    page = {"once": str(context["once"]), "seen": context["conversation"].last_sequence}
    assert 'name="once"' in kim.get(page_of(matter)).content.decode()
    desk.answers(me(lou), matter, "Lou was quicker")
    assert "something new" in told(kim, address, **page)
    context = kim.get(page_of(matter)).context
    page = {"once": str(context["once"]), "seen": context["conversation"].last_sequence}
    assert "Answered with" in told(kim, address, **page)
    assert "so already" in told(kim, address, **page)
    assert "tidy" in told(kim, f"{page_of(matter)}macros/{other.pk}/", **page)  # another button of the same page
    said = Message.objects.filter(conversation=matter, kind="agent").order_by("sequence")
    assert [each.text for each in said] == ["Lou was quicker", "Hello!"]
    assert "ran the macro “Greet”" in kim.get(page_of(matter)).content.decode()


def test_a_blocked_sender_is_shown_and_let_in_again(kim: Client, matter: Conversation) -> None:
    turn = f"{page_of(matter)}turn/"
    kim.post(turn, {"do": "block"})
    assert "Mail of this sender is blocked" in kim.get(page_of(matter)).content.decode()
    assert "come in again" in told(kim, turn, do="unblock")
    assert "Mail of this sender is blocked" not in kim.get(page_of(matter)).content.decode()
    blocking.block(actor=desk.SYSTEM, pattern="@" + desk_address(matter).partition("@")[2], reason="x")
    page = kim.get(page_of(matter)).content.decode()
    assert "Mail of this sender is blocked" in page
    assert 'value="unblock"' not in page
    assert "so already" in told(kim, turn, do="unblock")


def desk_address(conversation: Conversation) -> str:
    return str(conversation.participants.values_list("address", flat=True).get())


def test_splitting_goes_on_after_a_merge_and_says_what_it_leaves_out(
    kim: Client, matter: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = desk.writes(matter, "And my invoice is wrong")
    for number in range(3):
        desk.writes(matter, f"More {number}")
    monkeypatch.setattr(conversations, "MOST", 3)
    monkeypatch.setattr(conversation_joining, "MOST", 3)
    address = f"{page_of(matter)}split/"
    page = kim.get(address).content.decode()
    assert "And my invoice is wrong" not in page
    assert "Only the newest messages" in page
    assert "And my invoice is wrong" in kim.get(f"{address}?all").content.decode()
    other = desk.conversation(matter.person or "", subject="The older one")
    joining.merge(actor=desk.SYSTEM, conversation=matter, into=other)
    assert kim.get(address)["Location"].startswith(f"{page_of(other)}split/")
    kim.post(address, {"subject": "Invoice", "message": [str(second.pk)]})
    made = Conversation.objects.get(subject="Invoice")
    assert [each.text for each in made.messages.filter(kind="customer")] == ["And my invoice is wrong"]
    stranger = desk.conversation("bob@mail.example").messages.get(sequence=1)
    answer = kim.post(address, {"subject": "Invoice", "message": [str(stranger.pk)]})
    assert answer.status_code == 422
    assert "Choose at least one message." in answer.content.decode()


def test_an_article_is_drafted_once(kim: Client, matter: Conversation) -> None:
    boss, address = staff_browser(Role.MANAGER, "boss@halcyon.example"), f"{page_of(matter)}article/"
    assert boss.post(address)["Location"].startswith(page_of(matter))  # nobody has answered
    desk.answers(me(kim), matter, "Free a seat first.")
    drafts = {boss.post(address)["Location"] for _press in range(2)}
    assert len(drafts) == 1
    assert boss.get(drafts.pop()).status_code == 200
    assert address in kim.get(page_of(matter)).content.decode()


def test_an_agent_goes_on_with_the_draft_and_a_manager_publishes_it(kim: Client, matter: Conversation) -> None:
    desk.answers(me(kim), matter, "Free a seat first.")
    address = f"{page_of(matter)}article/"
    draft = kim.post(address)["Location"]
    assert kim.post(address)["Location"] == draft
    page = kim.get(draft)
    assert page.status_code == 200
    assert page_of(matter) in page.content.decode()
    assert 'value="publish"' not in page.content.decode()
    form = page.context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"body": "Free a seat, then activate."}
    assert "until a manager publishes it" in told(kim, draft, **typed, do="save")
    article = Article.objects.get()
    (text,) = article.translations.all()
    assert text.revisions.first().body == "Free a seat, then activate."  # type: ignore[union-attr] # it was saved
    typed["after"] = "2"
    for rest in ("publish/", "unpublish/", "restore/", "revisions/"):
        assert kim.post(draft + rest).status_code in {403, 405}, rest
    assert kim.post(draft, {**typed, "do": "publish"}).status_code == 403
    assert kim.get(f"/desk/articles/{article.pk}/").status_code == 403
    boss = staff_browser(Role.MANAGER, "boss@halcyon.example")
    boss.post(f"{draft}publish/")
    assert kim.get(draft).status_code == 403
    assert kim.post(draft, {**typed, "do": "save"}).status_code == 403
    assert kim.post(address)["Location"] == f"/help/articles/{article.slug}/"


def test_of_a_seat_that_was_free_already_no_line_says_who_freed_it(kim: Client, matter: Conversation) -> None:
    assert matter.person
    held, _code = desk.licensed(matter.person)
    device = desk.seat(held, "Old PC")
    address = f"{page_of(matter)}devices/{device.pk}/free/"
    form = kim.get(address).context["form"]
    devices.free(actor=Actor.customer(matter.person.pk), activation=device)
    values = {"once": form["once"].value(), "reason": "They asked"}
    assert "done already" in told(kim, address, **values)
    assert lines(matter) == []


def test_beside_it_stands_whether_they_own_the_product(kim: Client, ada: Person) -> None:
    product = desk.shield()
    matter = desk.conversation(ada, product=product)
    beside = f"{page_of(matter)}customer/"
    assert "Does not own Halcyon Shield" in kim.get(beside).content.decode()
    held, _code = desk.licensed(ada)
    assert "Owns Halcyon Shield" in kim.get(beside).content.decode()
    type(held).objects.filter(pk=held.pk).update(refunded_at=clock.now())
    assert "Owned Halcyon Shield until it ended" in kim.get(beside).content.decode()
    plain = kim.get(f"{page_of(desk.conversation(ada))}customer/").content.decode()
    guest = kim.get(f"{page_of(desk.conversation('g@else.example', product=product))}customer/").content.decode()
    assert not [page for page in (plain, guest) if "Owned Halcyon" in page or "own Halcyon" in page]
