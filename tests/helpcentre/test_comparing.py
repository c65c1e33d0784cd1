"""What changed between two revisions, as an editor reads it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.support.helpcentre.comparing import Line, compare
from tests.support.articles import writing


def said(line: Line) -> str:
    return "".join(piece.text for piece in line.pieces)


def test_nothing_changed_shows_nothing() -> None:
    assert compare(writing(), writing(note="again")) == []


def test_changed_words_are_marked_within_their_lines() -> None:
    body = "\n".join(f"line {number}" for number in range(30))
    lines = compare(writing(body=body + "\nPress Start now"), writing("Other", body=body + "\nPress Stop now"))
    gone, new = [[said(line) for line in lines if line.kind == kind] for kind in ("gone", "new")]
    assert gone == ["Title: Lost password", "Press Start now"]
    assert new == ["Title: Other", "Press Stop now"]
    last = lines[-1]
    assert [(piece.text, piece.is_changed) for piece in last.pieces] == [
        ("Press ", False),
        ("Stop", True),
        (" now", False),
    ]
    assert [line.count for line in lines if line.kind == "cut"] == [29]


def test_keywords_and_summary_are_compared_too() -> None:
    lines = compare(writing(keywords=["a", "b"]), writing(keywords=["a", "c"], summary="New"))
    assert "Keywords: a, c" in [said(line) for line in lines if line.kind == "new"]
    assert "Summary: New" in [said(line) for line in lines if line.kind == "new"]


@settings(max_examples=120, deadline=None)
@given(*[st.lists(st.sampled_from(["", "a", "b b", "a b c", "x" * 5000]), max_size=12)] * 2)
def test_old_and_new_can_be_read_out_of_the_comparison(old: list[str], new: list[str]) -> None:
    before, after = "\n".join(["begin", *old, "end"]), "\n".join(["begin", *new, "end"])
    lines = compare(writing(body=before), writing(body=after))
    if before == after:
        assert lines == []
        return
    hidden = sum(line.count for line in lines)
    for kind, text in (("gone", before), ("new", after)):
        shown = [said(line) for line in lines if line.kind in {kind, "same"}]
        everything = ["Title: Lost password", "Summary: ", "Keywords: ", "", *text.split("\n")]
        assert len(shown) + hidden == len(everything)
        rest = iter(everything)
        assert all(line in rest for line in shown), "in their order"


def test_what_would_take_long_is_shown_as_it_is() -> None:
    """Each line of one stands in the other, with a new one in between: every step finds one line only."""
    before = [f"{number}" for number in range(9_000)]
    after = [line for number in before for line in (number, f"x{number}")]
    lines = compare(writing(body="\n".join(["Begin", "a", *before])), writing(body="\n".join(["Begin", *after, "b"])))
    shown = [(line.kind, said(line)) for line in lines if line.kind != "cut"]
    assert ("new", "\n".join([*after, "b"])) in shown
    assert ("gone", "\n".join(["a", *before])) in shown
    assert len(shown) < 10


def test_many_long_lines_of_the_same_words_take_no_longer() -> None:
    before = "\n".join(f"{number} " + "a b " * 900 for number in range(25))
    after = "\n".join(f"new {number} " + "b a " * 900 for number in range(25))
    lines = compare(writing(body=before), writing(body=after))
    assert "".join(said(line) for line in lines if line.kind == "gone").count("a b ") >= 24 * 900


def test_a_small_change_in_a_long_text_is_found() -> None:
    body = "\n".join(["a", "", "b"] * 12_000)
    lines = compare(writing(body=body + "\nPress Start\n" + body), writing(body=body + "\nPress Stop\n" + body))
    assert [said(line) for line in lines if line.kind in {"gone", "new"}] == ["Press Start", "Press Stop"]
