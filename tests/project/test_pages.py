"""The pages of the installation itself: legal pages, and what is shown when something fails."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from frontdesk.core import clock
from frontdesk.core.errors import NotFound, TooManyAttempts
from frontdesk.core.reasons import Refusal
from frontdesk.licensing.errors import SwapLimitReached
from frontdesk.licensing.seats import rfc3339
from frontdesk.project import legal, views
from frontdesk.project.refusals import RefusalMiddleware

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    (tmp_path / "imprint.md").write_text("# Imprint\n\nWritten by **Halcyon**. <script>alert(1)</script>\n")
    (tmp_path / "imprint.de.md").write_text("# Impressum\n\nVon Halcyon.\n")
    (tmp_path / "terms.md").write_text("# Terms\n\nNone.\n")
    settings.LEGAL_FOLDER = tmp_path
    settings.FRONTDESK_LEGAL_LINKS = legal.footer_links(tmp_path)
    return tmp_path


def test_a_legal_page_is_rendered_safely_in_the_visitors_language(client: Client, folder: Path) -> None:
    page = client.get("/legal/imprint/").content.decode()
    assert "<h1>Imprint</h1>" in page
    assert "<strong>Halcyon</strong>" in page
    assert "alert(1)</script>" not in page
    german = client.get("/legal/imprint/", headers={"accept-language": "de"}).content.decode()
    assert "<h1>Impressum</h1>" in german


def test_every_page_links_to_them(client: Client, folder: Path) -> None:
    page = client.get("/legal/terms/", headers={"accept-language": "de"}).content.decode()
    assert 'href="/legal/imprint/">Impressum<' in page
    assert 'href="/legal/terms/">Terms<' in page


@pytest.mark.parametrize("slug", ["missing", "imprint.de", "..%2fsecrets"])
def test_nothing_else_is_shown(client: Client, folder: Path, slug: str) -> None:
    assert client.get(f"/legal/{slug}/").status_code == 404


def test_a_page_whose_query_times_out_says_what_is_going_on(
    client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def timed_out(*arguments: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("set local statement_timeout = 20; select pg_sleep(5)")

    monkeypatch.setattr(legal, "render", timed_out)
    client.raise_request_exception = False
    answer = client.get("/legal/imprint/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "We are away for a moment" in answer.content.decode()


def test_the_503_page_comes_out_even_when_templates_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(template: str) -> str:
        raise RuntimeError(template)

    monkeypatch.setattr(views, "render_to_string", broken)
    try:
        raise OperationalError("the server went away")
    except OperationalError:
        answer = views.failed(HttpRequest())
    assert answer.status_code == 503
    assert "load the page again" in answer.content.decode()


def test_our_own_faults_are_500(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        raise RuntimeError("a bug")
    except RuntimeError:
        answer = views.failed(HttpRequest())
    assert answer.status_code == 500
    assert "a bug" not in answer.content.decode()


def wait_told(rf: RequestFactory, refusal: Refusal) -> str | None:
    """The Retry-After of the page of a refusal."""
    request = rf.get("/")
    request.user = AnonymousUser()
    answer = RefusalMiddleware(lambda _: HttpResponse()).process_exception(request, refusal)
    assert answer is not None
    assert answer.status_code == refusal.reason.status
    return answer.get("Retry-After")


def test_a_page_that_asks_to_wait_says_for_how_long(rf: RequestFactory) -> None:
    assert wait_told(rf, TooManyAttempts(retry_after=77)) == "77"
    assert wait_told(rf, TooManyAttempts()) == "5"
    assert wait_told(rf, NotFound()) is None
    later = clock.now() + timedelta(seconds=90, microseconds=500_000)
    assert wait_told(rf, SwapLimitReached(retry_at=rfc3339(later))) in {"89", "90", "91"}
    assert wait_told(rf, SwapLimitReached(retry_at="2001-01-01T00:00:00Z")) == "1"
