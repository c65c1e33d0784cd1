"""Rows of the history about signing in and out."""

from collections.abc import Iterable

from frontdesk.accounts.browsers import Browser, user_agents
from frontdesk.accounts.models import Person
from frontdesk.core import audit
from frontdesk.core.actors import Actor


def signed_in(*, person: Person, browser: Browser, methods: Iterable[str], new: bool) -> None:
    """Somebody has completed a sign-in by these methods, in a browser that is new or known."""
    data = {**_shown(browser), "methods": list(dict.fromkeys(methods)), "new": new}
    _record(person, browser, "person.signed_in", data)


def signed_out(*, person: Person, browser: Browser) -> None:
    """Somebody has signed out in this browser."""
    _record(person, browser, "person.signed_out", _shown(browser))


def _shown(browser: Browser) -> dict[str, object]:
    name, system = user_agents.parts(browser.user_agent)
    return {"browser": name, "system": system}


def _record(person: Person, browser: Browser, action: str, data: dict[str, object]) -> None:
    where = {"place": browser.place(), "network": browser.ip_prefix}
    audit.record(
        actor=Actor.customer(person.pk),
        action=action,
        subject_type="person",
        subject=person.pk,
        person=person.pk,
        data=data,
        personal={name: value for name, value in where.items() if value},
    )
