"""Reading takes time in proportion to a mail's size, whatever is in it: twice the size, about twice the time."""

import gc
import time
from collections.abc import Callable

import pytest

from frontdesk.support.tickets.mail.incoming.reading.reader import read
from tests.support.letters import letter

HTML: dict[str, Callable[[int], str]] = {
    "ampersands": lambda n: "&" * (n * 20),
    "attributes": lambda n: "<a " + "".join(f"x{each} " for each in range(n * 4)) + ">the end</a>",
    "attributes without an end": lambda n: "<a " * (n * 4),
    "elements in each other": lambda n: "<div>" * (n * 2),
    "paragraphs in bold": lambda n: "<b title=1><p>x" * n,
    "many bolds, many paragraphs": lambda n: "".join(f"<b title={each}>" for each in range(150)) + "<p>x" * n,
    "bold in tables": lambda n: "<table>" + "".join(f"<b title={each}>" for each in range(150)) + "<tr></tr>x" * n,
    "tables": lambda n: "<table><tr><td>" * n,
    "quoted attributes without an end": lambda n: '<a href="x' * n + "'<a b='" * n,
    "comments": lambda n: "<!-- " * (n * 4),
    "styles": lambda n: "<style>" * (n * 2),
    "one line of many pieces": lambda n: "<span>x</span>" * n,
    "quotes in each other": lambda n: "<div class=gmail_quote>" * 150 + "<blockquote>x</blockquote>" * n,
    "ends without a beginning": lambda n: "<div>" * 150 + "</table></p></span>" * n,
    "rules above nothing": lambda n: "<div style='border:none;border-top:solid'>" * 150 + "<i></i>" * (n * 2),
}
TEXT: dict[str, Callable[[int], str]] = {
    "blank lines": lambda n: "\n" * (n * 20) + "x",
    "words": lambda n: "one two\n" * n,
    "dashes": lambda n: "--\n" * n,
    "headers": lambda n: "From: a@b\n" * n,
    "somebody wrote": lambda n: "Am 1.1.2026 um 10:00 schrieb a@b:\n\n" * n,
    "quotes": lambda n: "> a\nb\n" * n,
    "one line": lambda n: "On 1.1. " * (n * 4),
    "addresses": lambda n: "<a@b" * (n * 4),
    "files that are none": lambda n: "begin 644 x\n" * n + "end\n",
}


def seconds(raw: bytes) -> float:
    """The least of some runs: what else the machine does adds to the others."""
    found = []
    gc.disable()  # it looks through everything that the other tests have left
    try:
        for _ in range(3):
            began = time.process_time()
            read(raw)
            found.append(time.process_time() - began)
    finally:
        gc.enable()
    return min(found)


def grows_in_proportion(small: bytes, large: bytes) -> bool:
    """Quadratic growth would be fourfold; a second look forgives a moment's disturbance."""
    return any(seconds(large) < 3 * seconds(small) + 0.02 for _ in range(3))


@pytest.mark.parametrize("name", HTML)
def test_html(name: str) -> None:
    small, large = (letter(HTML[name](size), Content_Type="text/html") for size in (2_500, 5_000))
    assert grows_in_proportion(small, large)


@pytest.mark.parametrize("name", TEXT)
def test_plain_text(name: str) -> None:
    small, large = (letter(TEXT[name](size)) for size in (2_500, 5_000))
    assert grows_in_proportion(small, large)


@pytest.mark.parametrize("name", TEXT)
def test_what_says_that_it_came_back(name: str) -> None:
    small, large = (
        letter(TEXT[name](size), sender="MAILER-DAEMON@example.org", subject="Returned mail") for size in (2_500, 5_000)
    )
    assert grows_in_proportion(small, large)


@pytest.mark.parametrize(
    "html",
    [
        "<a " + "x=1 " * 300_000 + ">the words</a>",
        "<a " + "x " * 150_000 + "the words",
        "<div>" * 100_000 + "the words",
        "<style>" + "the words",
        "<!-- the words",
        "&" * 300_000 + " the words",
        "<i>" * 150_000 + "the words",
    ],
    ids=lambda html: html[:6],
)
def test_no_words_are_lost_in_it(html: str) -> None:
    assert "the words" in read(letter(html, Content_Type="text/html")).text


def test_words_beyond_what_is_kept_are_told_of() -> None:
    found = read(letter("<a " + "x " * 300_000 + "the words", Content_Type="text/html"))
    assert found.text.startswith("<a x x x")
    assert "cut_off" in found.reports
