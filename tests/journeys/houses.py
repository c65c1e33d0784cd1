"""The installation with the browsers of customers and agents in front of it, and what they do in chats."""

from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as project
from playwright.sync_api import Browser, BrowserContext, Page, expect

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.support.tickets.models import Agent
from tests.people import customer, signed_in, staff_browser
from tests.support.server import Server


@dataclass
class House:
    """The installation, and the browsers in front of it."""

    chromium: Browser
    server: Server
    contexts: list[BrowserContext] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def browser(self, session: str, size: dict[str, int] | None = None) -> BrowserContext:
        """Somebody's own, signed in."""
        context = self.chromium.new_context(
            viewport=size or {"width": 1280, "height": 900},  # type: ignore[arg-type] # as it takes it
            reduced_motion="reduce",
            locale="en-GB",
        )
        context.set_default_timeout(20_000)
        cookie = {"name": project.SESSION_COOKIE_NAME, "value": session, "url": self.server.url}
        context.add_cookies([cookie])  # type: ignore[list-item] # as it takes it
        self.contexts.append(context)
        return context

    def opened(self, context: BrowserContext, path: str) -> Page:
        """A page of it on which no script fails."""
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.server.url + path)
        page.wait_for_selector("html[data-ready]")
        return page

    def agent(self, email: str, name: str) -> BrowserContext:
        """The browser of somebody who answers."""
        browser = staff_browser(Role.AGENT, email)
        person = Person.objects.get(email=email)
        Person.objects.filter(pk=person.pk).update(name=name)
        Agent.objects.create(person=person)
        return self.browser(browser.cookies[project.SESSION_COOKIE_NAME].value)

    def customer(self, size: dict[str, int] | None = None) -> BrowserContext:
        """Ada's."""
        person = Person.objects.filter(email="ada@example.org").first() or customer()
        return self.browser(signed_in(person).cookies[project.SESSION_COOKIE_NAME].value, size)


def complaints(page: Page) -> list[str]:
    """What axe finds."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


def asks(page: Page, words: str) -> None:
    """Begin the chat."""
    page.get_by_label("Your question").fill(words)
    page.get_by_role("button", name="Begin the chat").click()
    expect(page.get_by_text("You are in the queue.")).to_be_visible()


def says(page: Page, words: str) -> None:
    """The customer says something."""
    page.get_by_label("Your message").fill(words)
    page.get_by_label("Your message").press("Enter")
