"""Words go from what HTML says, and nothing changes in how it is built, whatever the words are."""

import re

import pytest

from frontdesk.core import blackening

LINK = '<p>Ask <a href="https://a.example/zq" rel="noopener" title="Zq">Zq &amp; Co</a> "now"<br />.</p>'


def without(html: str, word: str) -> str:
    return blackening.in_html(html, words=lambda text: re.sub(re.escape(word), "…", text, flags=re.IGNORECASE))


def test_words_and_titles_and_addresses_go() -> None:
    assert without(LINK, "zq") == (
        '<p>Ask <a href="https://a.example/…" rel="noopener" title="…">… &amp; Co</a> "now"<br />.</p>'
    )


@pytest.mark.parametrize("word", ['noopener"', "rel", "<p>", '="', "p", "&amp;", ">"])
def test_markup_is_not_searched(word: str) -> None:
    seen = without(LINK, word)
    assert re.findall(r"<[^>]*>", seen)[0] == "<p>"
    assert 'rel="noopener"' in seen
    assert seen.count("<") == LINK.count("<")


def test_what_says_nothing_of_it_stays_to_the_letter() -> None:
    odd = "<!doctype html><style>p{zq:1}</style><!-- zq --><P CLASS=zq>&nbsp;a &lt;b</P>"
    assert without(odd, "zq") == odd


def test_a_name_that_is_written_in_entities_is_found() -> None:
    assert without("<p>M&uuml;ller &lt;i&gt;</p>", "müller") == "<p>… &lt;i&gt;</p>"


def test_links_may_have_words_of_their_own() -> None:
    kept = blackening.in_html(
        '<a href="/zq/">zq</a>', words=lambda text: text.replace("zq", "…"), addresses=lambda link: link
    )
    assert kept == '<a href="/zq/">…</a>'
