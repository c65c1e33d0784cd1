"""Looks at customers' data: each is a row that the customer reads in their own history.

One for each staff person, customer and page in an hour: reloading and paging to and fro tell the customer nothing new.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest

from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry

ACTION = "staff.looked"
UNASKED = "Looked up in the back office"  # the reason in the audit where the page asks for none
ONCE_IN = timedelta(hours=1)


def record(actor: Actor, request: HttpRequest, *, page: str, people: Iterable[UUID | None]) -> None:
    """Write that the actor saw these customers' data on a page; nobody's look at their own data is noted."""
    seen = {person for person in people if person is not None and person != actor.person}
    if not seen:
        return
    lately = AuditEntry.objects.filter(
        person__in=seen, actor=actor.person, action=ACTION, data__page=page, at__gt=clock.now() - ONCE_IN
    )
    fresh = sorted(seen - set(lately.values_list("person", flat=True)))
    data = {"page": page, "as": str(getattr(request.user, "role", ""))}
    audit.record_for_each(fresh, actor=actor, action=ACTION, subject_type="person", data=data)
