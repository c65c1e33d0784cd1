"""`frontdesk mail ingest`: one line of JSON for each file that is named, whatever it is."""

import json
from pathlib import Path

import pytest

from frontdesk.project.commands import mail
from frontdesk.support.tickets.mail.incoming import processing
from tests.support.letters import letter, multipart, part

pytestmark = pytest.mark.django_db
KEYS = {"file", "verdict", "detail", "conversation", "text", "attachments"}


def told(files: list[Path], capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """What is printed."""
    mail.ingest(files)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_file_gets_its_line_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raws = {
        "whole.eml": multipart(
            part("Grüße"), part("a,b", "text/csv", Content_Disposition="attachment; filename=a.csv")
        ),
        "empty.eml": b"",
        "picture.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "text.txt": b"Only words, and no head at all",
        "noise.eml": bytes(range(256)) * 20,
        "huge.eml": letter("a" * 41_000_000),
    }
    files = []
    for name, raw in raws.items():
        files.append(tmp_path / name)
        files[-1].write_bytes(raw)
    files += [tmp_path / "missing.eml", tmp_path, Path("/proc/self/mem")]
    lines = told(files, capsys)
    assert [line["file"] for line in lines] == [str(each) for each in files]
    assert all(set(line) == KEYS for line in lines)
    by = {Path(str(line["file"])).name: line for line in lines}
    assert (by["whole.eml"]["verdict"], by["whole.eml"]["text"]) == ("review", "Grüße")
    assert [each["name"] for each in by["whole.eml"]["attachments"]] == ["a.csv"]  # type: ignore[attr-defined] # JSON
    assert by["empty.eml"]["verdict"] == "empty"
    assert by["picture.png"]["detail"] == "no_mail"
    assert by["huge.eml"]["verdict"] == "too_large"
    for name in ("missing.eml", tmp_path.name, "mem"):
        assert by[name]["verdict"] == "unreadable"
        assert str(by[name]["detail"]).startswith("no_file: ")


def test_one_that_cannot_be_entered_holds_up_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / "one.eml", tmp_path / "two.eml"]
    for each in files:
        each.write_bytes(letter(each.name))

    def fails(*_args: object, **_values: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(processing, "finish_now", fails)
    assert [line["detail"] for line in told(files, capsys)] == ["failed: RuntimeError"] * 2
