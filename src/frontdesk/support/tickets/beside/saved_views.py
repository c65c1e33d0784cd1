"""Filters of the inbox under a name: an agent's own, and those that managers keep for all."""

from uuid import UUID

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core.errors import PermissionMissing
from frontdesk.support.tickets.inbox.filters import Filter
from frontdesk.support.tickets.models import SavedView


def save(*, person: Person, title: str, wanted: Filter, shared: bool = False) -> SavedView:
    """Keep a filter; the same title of the same owner is written over. Raises PermissionMissing for a shared one of
    somebody who is no manager."""
    if shared and not person.has_role(Role.MANAGER):
        raise PermissionMissing
    owner = None if shared else person
    view = SavedView.objects.filter(person=owner, title=title[:80]).first()
    view = view or SavedView(person=owner, title=title[:80])
    view.query = wanted.parameters
    view.save()
    return view


def remove(*, person: Person, view: UUID) -> bool:
    """Forget one's own, or as a manager a shared one; False when there was none that this person may remove."""
    mine = SavedView.objects.filter(pk=view, person=person)
    shared = SavedView.objects.filter(pk=view, person=None)
    rows = mine | shared if person.has_role(Role.MANAGER) else mine
    return rows.delete()[0] > 0
