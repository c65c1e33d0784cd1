"""Pages that hear of what is new: at once, over one stream for all tabs, and without one by looking for themselves."""

from collections.abc import Iterator

import httpx
import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core import signing
from frontdesk.support.tickets import links
from frontdesk.support.tickets.beside import presence
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.models import Agent, Conversation, Participant
from tests.people import customer, signed_in, staff_browser
from tests.project.desk import eventually
from tests.support import desk
from tests.support.proxies import HoldingProxy
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A page that would not look for itself: what it shows has come by the stream.
BLIND = "const every = setInterval; window.setInterval = (call, ms) => (ms === 6000 ? 0 : every(call, ms));"


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    """The whole application, which a test may kill and start again."""
    signing.rotate(root=signing.load_root(signing.new_root()[0]))
    with Server() as made:
        yield made


@pytest.fixture
def ada() -> Person:
    return customer()


@pytest.fixture
def talk(ada: Person) -> Conversation:
    return desk.conversation(ada)


@pytest.fixture
def kim() -> Person:
    return desk.agent()


errors: list[str] = []


@pytest.fixture(autouse=True)
def no_errors() -> Iterator[None]:
    """No script fails on the way."""
    errors.clear()
    yield
    assert errors == []


def let_in(context: BrowserContext, session: str, address: str) -> None:
    """Signed in, without the page for it."""
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])


def opened(context: BrowserContext, address: str) -> Page:
    """A page that is told: the fetch that follows its stream's first sign of life has been answered."""
    page = context.new_page()
    page.add_init_script(BLIND)
    page.on("pageerror", lambda error: errors.append(str(error)))
    with page.expect_response("**/news/**"):
        page.goto(address)
    return page


def streams_of(server: Server) -> int:
    """How many are open, by /metrics."""
    lines = httpx.get(f"http://localhost:{server.port}/metrics").text.splitlines()
    return next(int(float(line.split()[1])) for line in lines if line.startswith("frontdesk_live_streams "))


def session_of(person: Person) -> str:
    return signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value


def test_an_answer_and_a_new_state_are_there_at_once(
    context: BrowserContext, server: Server, ada: Person, talk: Conversation, kim: Person
) -> None:
    let_in(context, session_of(ada), server.url)
    page = opened(context, f"{server.url}/conversations/{talk.pk}/")
    desk.answers(kim, talk, "Here it is.")
    expect(page.get_by_text("Here it is.")).to_be_visible()
    desk.answers(kim, talk, "And one more thing.")
    expect(page.get_by_text("And one more thing.")).to_be_visible()
    changing.solve(actor=desk.SYSTEM, conversation=talk)
    expect(page.locator("#state").get_by_text("Solved")).to_be_visible()
    assert page.get_by_text("Here it is.").count() == 1


def test_a_guest_hears_of_the_answer_too(context: BrowserContext, server: Server, kim: Person) -> None:
    talk = desk.conversation("guest@example.org")
    guest = talk.participants.get(role=Participant.Role.REQUESTER)
    page = opened(context, server.url + links.to_conversation(guest).path)
    desk.answers(kim, talk, "Here it is.")
    expect(page.get_by_text("Here it is.")).to_be_visible()


def test_tabs_share_one_stream_and_the_next_takes_over(
    context: BrowserContext, server: Server, ada: Person, talk: Conversation, kim: Person
) -> None:
    let_in(context, session_of(ada), server.url)
    address = f"{server.url}/conversations/{talk.pk}/"
    first, second = opened(context, address), opened(context, address)
    desk.answers(kim, talk, "To both of you.")
    for page in (first, second):
        page.bring_to_front()
        expect(page.get_by_text("To both of you.")).to_be_visible()
    assert streams_of(server) == 1
    with second.expect_response("**/news/**"):
        first.close()
    desk.answers(kim, talk, "To the one that is left.")
    expect(second.get_by_text("To the one that is left.")).to_be_visible()
    eventually(lambda: streams_of(server) == 1, 10, "one stream again")


def test_a_tab_that_is_looked_at_takes_the_stream_from_one_that_is_frozen(
    context: BrowserContext, server: Server, ada: Person, talk: Conversation, kim: Person
) -> None:
    let_in(context, session_of(ada), server.url)
    address = f"{server.url}/conversations/{talk.pk}/"
    first, second = opened(context, address), opened(context, address)
    frozen = context.new_cdp_session(first)
    frozen.send("Debugger.enable")
    frozen.send("Debugger.pause")
    with second.expect_response("**/live/stream*", timeout=40_000):  # twelve seconds of silence, and the way there
        second.bring_to_front()
    desk.answers(kim, talk, "You lead now.")
    expect(second.get_by_text("You lead now.")).to_be_visible()


def test_a_gateway_that_was_killed_is_found_again_and_nothing_is_missed(
    context: BrowserContext, server: Server, ada: Person, talk: Conversation, kim: Person
) -> None:
    let_in(context, session_of(ada), server.url)
    page = context.new_page()
    page.goto(f"{server.url}/conversations/{talk.pk}/")
    eventually(lambda: streams_of(server) == 1, 20, "it is connected")
    server.kill()
    desk.answers(kim, talk, "Said meanwhile.")
    server.start()
    expect(page.get_by_text("Said meanwhile.")).to_be_visible()
    page.reload()  # it would wait longer the longer the gateway was away
    eventually(lambda: streams_of(server) == 1, 20, "it is connected again")
    desk.answers(kim, talk, "Said later.")
    expect(page.get_by_text("Said later.")).to_be_visible()


def test_a_line_that_was_cut_is_made_up_for_when_it_is_back(
    context: BrowserContext, server: Server, ada: Person, talk: Conversation, kim: Person
) -> None:
    let_in(context, session_of(ada), server.url)
    page = opened(context, f"{server.url}/conversations/{talk.pk}/")
    context.set_offline(True)
    desk.answers(kim, talk, "Said while you were away.")
    page.clock.install()
    page.clock.fast_forward(3_600_000)  # an hour in the pocket
    context.set_offline(False)
    expect(page.get_by_text("Said while you were away.")).to_be_visible()


def test_behind_a_proxy_that_holds_streams_back_the_page_looks_for_itself(
    context: BrowserContext, server: Server, ada: Person, talk: Conversation, kim: Person
) -> None:
    with HoldingProxy(server.port) as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        let_in(context, session_of(ada), address)
        page = context.new_page()
        page.clock.install()
        page.goto(f"{address}/conversations/{talk.pk}/")
        page.wait_for_selector("html[data-ready]")
        eventually(lambda: proxy.held == 1, 10, "the stream is asked for")
        desk.answers(kim, talk, "Found by looking.")
        page.clock.fast_forward(6_500)
        expect(page.get_by_text("Found by looking.")).to_be_visible()
        page.clock.fast_forward(26_000)
        eventually(lambda: streams_of(server) == 0, 10, "it has given that stream up")
        proxy.holds = False
        page.clock.fast_forward(121_000)
        eventually(lambda: streams_of(server) == 1, 10, "it is tried again, later")
        desk.answers(kim, talk, "Told at once.")
        expect(page.get_by_text("Told at once.")).to_be_visible()


def test_who_signs_out_in_one_tab_is_shown_nothing_in_the_other(
    context: BrowserContext, server: Server, ada: Person, talk: Conversation
) -> None:
    let_in(context, session_of(ada), server.url)
    page = opened(context, f"{server.url}/conversations/{talk.pk}/")
    other = context.new_page()
    other.goto(f"{server.url}/account/logout/")
    other.get_by_role("main").get_by_role("button", name="Sign out").click()
    other.wait_for_url(f"{server.url}/")
    page.bring_to_front()
    page.wait_for_url("**/account/login/**")
    eventually(lambda: streams_of(server) == 0, 20, "no stream is left")


def test_agents_hear_of_customers_and_of_each_other(
    context: BrowserContext, server: Server, talk: Conversation, kim: Person
) -> None:
    staff = staff_browser(Role.AGENT)
    Agent.objects.get_or_create(person=Person.objects.get(email="staff@example.org"))
    let_in(context, staff.cookies[settings.SESSION_COOKIE_NAME].value, server.url)
    page = opened(context, f"{server.url}/desk/inbox/{talk.pk}/?view=all")
    expect(page.locator("[data-row]")).to_have_count(1)
    eventually(lambda: streams_of(server) == 1, 10, "it listens")
    desk.writes(talk, "It happened again.")
    expect(page.locator("#messages").get_by_text("It happened again.")).to_be_visible()
    desk.conversation("eve@example.org", subject="Another matter")
    expect(page.locator("[data-row]")).to_have_count(2)
    presence.stay(kim, talk, answering=True)
    expect(page.get_by_text("Kim Reyes is answering")).to_be_visible()
    presence.leave(kim, talk)
    expect(page.get_by_text("Kim Reyes is answering")).to_be_hidden()
    assert streams_of(server) == 1
