"""GET /help/search: whatever is asked, there is an answer; what is private never is in it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontdesk.core.throttle import Limit
from frontdesk.support.helpcentre.search import asking, indexing
from tests.gateway.api import Api
from tests.helpcentre.search.collection import findable, findables

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = [
    "", " ", "the of and", "a" * 10_000, "word " * 2_000, "ä" * 5_000, "\x00", "a\x00b", "\r\n\t\x1b[31m", "\ud800 x",
    "a & b | !c:* <-> (d", "'; drop table helpcentre_searchentry; --", "%' or 1=1", "\\", "😀😀 seat 🇩🇪", "a" * 81,
    "\u202eseat", "e\u0301" * 500, "𝕾𝖊𝖆𝖙", "ﷺ", "請" * 3_000, "-" * 999, "x.y.z/" * 300,
    "*", "{{ 7*7 }}", "null", "1" * 400,
]  # fmt: skip


@pytest.fixture(autouse=True)
def collection(transactional_db: None) -> None:
    indexing.put_all([*findables(), findable("internal", title="Zebra handbook", is_public=False)])


def test_it_answers_exactly_what_the_contract_says(api: Api) -> None:
    reply = api.get("/help/search", params={"q": "free a seat", "language": "en", "limit": "3"})
    assert reply.status_code == 200
    assert list(reply.json()) == ["results"]
    first = reply.json()["results"][0]
    assert list(first) == ["slug", "title", "snippet", "score"]
    assert first["slug"] == "free-a-device"
    assert "<mark>seat</mark>" in first["snippet"]
    assert len(reply.json()["results"]) <= 3


def test_the_callers_language_counts_when_none_is_named(api: Api) -> None:
    reply = api.get("/help/search", params={"q": "Rechnung PDF"}, headers={"accept-language": "de-AT,de;q=0.9"})
    assert reply.json()["results"][0]["slug"] == "rechnung"


def test_private_entries_are_found_by_nobody_outside(api: Api) -> None:
    for query in ("zebra", "zebra handbook", "zebr", "zebrs", "internal"):
        found = api.get("/help/search", params={"q": query, "language": "en"}).json()["results"]
        assert "internal" not in [each["slug"] for each in found]


@pytest.mark.parametrize("query", HOSTILE)
def test_no_query_fails(api: Api, query: str) -> None:
    reply = api.get(f"/help/search?q={quoted(query)}&language=en")
    assert reply.status_code == 200, reply.text
    assert isinstance(reply.json()["results"], list)


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(query=st.text(max_size=80), language=st.sampled_from(["", "en", "de", "ja", "xx", "\x00", "e" * 99]))
def test_nothing_that_can_be_typed_fails(api: Api, query: str, language: str) -> None:
    reply = api.get(f"/help/search?q={quoted(query)}&language={quoted(language)}")
    assert reply.status_code == 200, reply.text


def test_raw_bytes_and_many_fields(api: Api) -> None:
    assert api.get("/help/search?q=%ff%fe%00&q=seat").status_code == 200
    assert api.get("/help/search?" + "&".join(["q=x"] * 50)).json()["field"] == "q"


@pytest.mark.parametrize("limit", ["0", "51", "-1", "ten", "1e3", "٣", "9" * 9_000, "0010" + "0" * 9_000])
def test_a_limit_that_is_none(api: Api, limit: str) -> None:
    reply = api.get("/help/search", params={"q": "seat", "limit": limit})
    assert (reply.status_code, reply.json()["field"]) == (422, "limit")


def test_a_flood_is_told_to_wait(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SEARCHES", Limit("help-search", 3, 60))
    statuses = [api.get("/help/search?q=seat").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def quoted(text: str) -> str:
    """As a browser would send it; half a pair of surrogates too."""
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))
