"""The registry of navigation items."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from frontdesk.ui import navigation


class Someone:
    """As much of a person as the registry looks at."""

    is_authenticated = True

    def __init__(self, *, is_staff: bool) -> None:
        self.is_staff = is_staff


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_items", {})
    navigation.register("Components", "ui:showcase", 20)
    navigation.register("Mark", "ui:mark", 10, "staff")
    navigation.register("Colours", "ui:brand_css", 30, "customer")
    navigation.register("Nowhere", "no:such", 1)
    navigation.register("Sign up", "ui:mark", 1, "guest", place="footer")


def labels(request: HttpRequest, place: navigation.Place = "main") -> list[str]:
    return [link.label for link in navigation.links_for(request, place)]


def asked_by(rf: RequestFactory, user: object, path: str = "/") -> HttpRequest:
    request = rf.get(path)
    request.user = user  # type: ignore[assignment]  # only what the registry looks at
    return request


def test_each_audience_sees_its_own_in_order(rf: RequestFactory) -> None:
    assert labels(asked_by(rf, AnonymousUser())) == ["Components"]
    assert labels(asked_by(rf, Someone(is_staff=False))) == ["Components", "Colours"]
    assert labels(asked_by(rf, Someone(is_staff=True))) == ["Mark", "Components", "Colours"]
    assert labels(rf.get("/")) == ["Components"]


def test_guests_have_places_of_their_own(rf: RequestFactory) -> None:
    assert labels(asked_by(rf, AnonymousUser()), "footer") == ["Sign up"]
    assert labels(asked_by(rf, Someone(is_staff=True)), "footer") == []


def test_the_longest_address_is_the_current_one(rf: RequestFactory) -> None:
    links = navigation.links_for(asked_by(rf, Someone(is_staff=True), "/ui/mark.svg"), "main")
    assert [link.label for link in links if link.current] == ["Mark"]


def test_an_item_can_be_replaced_and_taken_out(rf: RequestFactory) -> None:
    navigation.register("Parts", "ui:showcase", 20)
    assert labels(rf.get("/")) == ["Parts"]
    navigation.unregister("ui:showcase")
    assert labels(rf.get("/")) == []
