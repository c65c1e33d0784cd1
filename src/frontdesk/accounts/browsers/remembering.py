"""Remembered browsers: for 30 days they skip the second step, never the password. Not for staff."""

from datetime import timedelta

from django.http import HttpRequest

from frontdesk.accounts.browsers import known as known_browsers
from frontdesk.accounts.browsers import user_agents
from frontdesk.accounts.models import KnownBrowser, Person
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor

FOR = timedelta(days=30)


def is_remembered(request: HttpRequest, person: Person) -> bool:
    """Whether this browser skips the second step."""
    if person.is_staff:
        return False
    known = known_browsers.current(request, person)
    return known is not None and known.remembered_until is not None and known.remembered_until > clock.real_now()


def remember(request: HttpRequest, person: Person) -> None:
    """Do not ask in this browser for 30 days; after a complete sign-in, both steps included."""
    known = known_browsers.current(request, person)
    if known is None or person.is_staff:
        return
    KnownBrowser.objects.filter(pk=known.pk).update(remembered_until=clock.real_now() + FOR)
    browser, system = user_agents.parts(known.user_agent)
    audit.record(
        actor=Actor.customer(person.pk),
        action="browser.remembered",
        subject_type="person",
        subject=person.pk,
        person=person.pk,
        data={"browser": browser, "system": system},
    )
