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
