"""What the licence pages share."""

from functools import wraps
from typing import Any, Protocol, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.licensing import selectors
from frontdesk.licensing.models import Activation


class PersonView(Protocol):
    """A view of somebody who is signed in."""

    def __call__(self, request: HttpRequest, person: Person, *args: Any, **kwargs: Any) -> HttpResponse: ...


class View(Protocol):
    """A view as Django calls it."""

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse: ...


def for_person(view: Any) -> View:
    """Hand the signed-in person to a `PersonView`; visitors sign in first, and nothing is kept by caches."""
    inner = cast("PersonView", view)

    @never_cache
    @login_required
    @wraps(view)
    def signed_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return inner(request, cast("Person", request.user), *args, **kwargs)

    return cast("View", signed_in)


def acting(person: Person) -> Actor:
    """The customer as the one who acts."""
    return Actor.customer(person.pk)


def device_of(person: Person, license_id: UUID, activation_id: UUID) -> Activation:
    """A device, seated or freed, of this licence of the person. Raises NotFound."""
    activation = selectors.access_activation(person, activation_id)
    if activation.license_id != license_id:
        raise NotFound
    return activation
