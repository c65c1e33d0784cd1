"""What members write, as pages show it: nothing of theirs runs, loads from elsewhere or looks like another's."""

import time

import pytest

from frontdesk.support.forum import rendering


def html(text: str, *handles: str) -> str:
    return rendering.to_html(text, handles=handles)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](https://elsewhere.example/x.png)",
        '<https://a.example/"onclick=alert(1)>',
        "[x](https://a.example 'title\" onclick=\"alert(1)')",
    ],
)
def test_nothing_runs_or_loads(text: str) -> None:
    made = html(text)
    for bad in ("<script", "<img", 'href="javascript:', 'href="data:', ' onclick="'):
        assert bad not in made


def test_links_are_not_vouched_for() -> None:
    assert 'rel="nofollow ugc noopener"' in html("[x](https://a.example/)")
    assert html("See https://a.example/x_(y)!") == (
        '<p>See <a href="https://a.example/x_(y)" rel="nofollow ugc noopener">https://a.example/x_(y)</a>!</p>\n'
    )
    assert html("[the help](/help/articles/x/)") == '<p><a href="/help/articles/x/">the help</a></p>\n'
    assert "<a" not in html("[out](/account/logout/) [out](//evil.example) [out](https:evil.example)")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("[halcyon.example](https://evil.example/)", "evil.example"),
        ("https://hаlcyon.example/", "xn--hlcyon-3nf.example"),
        ("[here](https://halcyon.example@evil.example/)", "evil.example"),
    ],
)
def test_a_link_that_looks_like_anothers_says_where_it_leads(text: str, host: str) -> None:
    assert f'<span class="link-host">({host})</span>' in html(text)


def test_mentions_lead_to_who_is_called_so() -> None:
    made = html("@ada and @nobody, not ada@ada or `@ada`", "ada")
    assert made.count('<a class="mention" href="/community/u/ada/">@ada</a>') == 1
    assert "@nobody" in made


def test_what_a_text_holds_is_counted() -> None:
    picture = "/community/pictures/abc-10x20.png"
    said = rendering.contents_of(
        f"@Ada https://a.example [b](https://b.example) ![]({picture}) ![](https://c.example/x.png)"
    )
    assert said.handles == {"ada"}
    assert said.links == ("https://a.example", "https://b.example")
    assert said.pictures == (picture,)


def test_headings_stand_below_the_topics_own() -> None:
    assert html("# One\n\n## Two") == "<h3>One</h3>\n<h4>Two</h4>\n"


def test_a_quotation_leaves_out_what_was_quoted() -> None:
    assert rendering.quote(
        "> old\n\nnew\n\n![x](/community/pictures/a-1x1.png)", by="A*da", path="/community/p/1/"
    ) == ("> **[A\\*da](/community/p/1/)**\n>\n> new\n\n")


@pytest.mark.parametrize(
    "text",
    ["[" * 30_000, "*a_" * 10_000, "> " * 15_000, "`" * 29_999 + "a", "@a" * 15_000, "http://" * 4_000, "![](" * 7_500],
)
def test_hostile_texts_take_no_long_time(text: str) -> None:
    began = time.process_time()
    html(text)
    assert time.process_time() - began < 3
