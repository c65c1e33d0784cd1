"""Answers between the lines keep their questions; a mail that is answered as a whole stays split off."""

import pytest

from frontdesk.support.tickets.mail.incoming.reading.reader import read
from tests.support.letters import letter

KEPT = {
    "questions and answers": "> Welche Bank ist es?\nDie Sparkasse.\n> Wann war das?\nAm Montag.",
    "with blank lines": "> Which bank?\n> The one you pay with?\n\nMine.\n\n> When was it?\n\nOn Monday.",
    "one between words": "Hello Kim,\n\n> Which bank?\n\nThe savings bank.\n\nAda",
}
PLAIN = {
    "beneath the whole": ("On 27 Nov 2026 Kim <kim@halcyon.example> wrote:\n> One?\n>\n> Two?\n\nYes.", "Yes."),
    "above it": ("Yes.\n\nOn 27 Nov 2026 Kim <kim@halcyon.example> wrote:\n> One?\n> Two?\n", "Yes."),
}


@pytest.mark.parametrize("name", KEPT)
def test_questions_stay_beside_their_answers(name: str) -> None:
    found = read(letter(KEPT[name]))
    assert found.said.split() == KEPT[name].split()
    assert ">" not in found.text


@pytest.mark.parametrize("name", PLAIN)
def test_a_mail_that_is_answered_as_a_whole_is_split_off(name: str) -> None:
    text, own = PLAIN[name]
    found = read(letter(text))
    assert (found.text, found.said) == (own, own)


def test_what_is_quoted_beneath_the_last_answer_is_split_off() -> None:
    text = "On 27 Nov 2026 Kim <kim@halcyon.example> wrote:\n> Which bank?\nMine.\n> When?\nMonday.\n> Thanks,\n> Kim\n"
    found = read(letter(text))
    assert found.said == "> Which bank?\nMine.\n> When?\nMonday."
    assert "Thanks" in found.quoted


def test_quotes_of_markup_stay_as_well() -> None:
    html = "<blockquote>Which bank?</blockquote><p>Mine.</p><blockquote>When?</blockquote><p>On Monday.</p>"
    found = read(letter(html, Content_Type="text/html; charset=utf-8"))
    assert found.said.split() == ["Which", "bank?", "Mine.", "When?", "On", "Monday."]
    assert "Which bank?" in found.html
