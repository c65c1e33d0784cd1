"""A whole matter: the customer writes a mail, an agent answers, the customer replies with an attachment, the agent
frees a seat and solves, the survey arrives, and the customer opens it again."""

import base64
import re
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.roles import Role
from frontdesk.licensing.models import License
from frontdesk.support.tickets.models import Conversation, Survey, Verdict
from tests.people import PASSWORD, customer, staff_browser
from tests.support import desk, mailbox
from tests.support.letters import AUTHSERV, PROVED, arrives, letter, multipart, part
from tests.tickets.test_attachments import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADA = "ada@example.org"


@pytest.fixture
def agent(chromium: Browser, live_server: LiveServer, settings: Settings) -> Page:
    """Sam's browser at the desk, both steps done."""
    session = staff_browser(Role.AGENT).cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce", locale="en-GB")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    context.set_default_timeout(15_000)
    return context.new_page()


def full_licence() -> License:
    """Ada's licence for two devices, both taken."""
    ada = customer(ADA, "Ada Winter")
    license, _code = desk.licensed(ada, desk.plan("duo", "Duo", devices=2))
    for name in ("Office PC", "Laptop"):
        desk.seat(license, name)
    return license


def by_mail(text: str, answered: EmailMessage) -> bytes:
    """Ada's reply to a mail of ours, with a picture."""
    quoted = f"{text}\r\n\r\nOn Friday Sam wrote:\r\n> which device?\r\n"
    picture_part = part(
        base64.encodebytes(picture()),
        "image/png",
        Content_Transfer_Encoding="base64",
        Content_Disposition='attachment; filename="window.png"',
    )
    headers = {"In_Reply_To": str(answered["Message-ID"]), "to": str(answered["Reply-To"]), "sender": f"Ada <{ADA}>"}
    return multipart(part(quoted), picture_part, subject=f"Re: {answered['Subject']}", **headers)


def answer(agent: Page, text: str) -> None:
    """Sam writes at the desk and sends."""
    agent.get_by_label("Your answer or note").fill(text)
    agent.get_by_role("button", name=re.compile("^Send")).first.click()
    expect(agent.get_by_role("article").get_by_text(text)).to_be_visible()


def test_from_the_first_mail_to_the_reopening(
    agent: Page, context: BrowserContext, live_server: LiveServer, settings: Settings
) -> None:
    license, address = full_licence(), live_server.url
    settings.MAIL_AUTHSERV_ID = AUTHSERV
    first = letter("All seats are in use.\n", f"Ada <{ADA}>", subject="New laptop", Authentication_Results=PROVED)
    assert arrives(first).verdict == Verdict.OPENED
    assert len([each for each in mailbox.sent(ADA) if "New laptop" in str(each["Subject"])]) == 1, "the receipt"

    agent.goto(f"{address}/desk/inbox/")
    agent.get_by_role("link", name="Unassigned").click()
    agent.get_by_role("link", name="New laptop").first.click()
    answer(agent, "Hello Ada, which device do you no longer use?")
    answered = mailbox.sent(ADA)[-1]
    assert "which device do you no longer use?" in mailbox.body(answered)

    assert arrives(by_mail("The office PC, as in the picture.", answered)).verdict == Verdict.REPLY
    agent.reload()
    expect(agent.get_by_text("The office PC, as in the picture.")).to_be_visible()
    expect(agent.get_by_role("img", name="window.png")).to_be_attached()
    agent.get_by_role("link", name="Free Office PC").click()
    agent.get_by_role("main").get_by_role("button", name=re.compile("Free")).click()
    expect(agent.get_by_text("1 of 2 devices used")).to_be_visible()
    assert license.activations.filter(removed_at=None).get().name == "Laptop"

    answer(agent, "Its seat is free now.")
    agent.get_by_role("button", name=re.compile("^Solve")).click()
    expect(agent.get_by_text("Solved").first).to_be_visible()
    asked = mailbox.sent(ADA)[-1]
    survey = re.search(r"/conversations/survey/[\w-]+/\?score=3", mailbox.body(asked))
    assert survey

    ada = context.new_page()
    ada.goto(address + survey[0])
    ada.get_by_role("button", name="Send").click()
    expect(ada.get_by_text("Your answer has arrived.")).to_be_visible()
    assert Survey.objects.get().score == 3
    ada.goto(f"{address}/account/login/?next=/conversations/")
    ada.get_by_label("E-mail").fill(ADA)
    ada.get_by_label("Password", exact=True).fill(PASSWORD)
    ada.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    ada.get_by_role("link", name="New laptop").click()
    expect(ada.get_by_text("Its seat is free now.")).to_be_visible()
    ada.get_by_role("button", name="No, open it again").click()
    expect(ada.get_by_text("It is open again")).to_be_visible()
    assert Conversation.objects.get().status == Conversation.Status.OPEN
    agent.goto(f"{address}/desk/inbox/?view=mine")
    expect(agent.get_by_role("link", name="New laptop").first).to_be_visible()
