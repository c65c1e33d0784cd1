"""Habits that a reader would have to remember are checked instead."""

import re
from pathlib import Path

from frontdesk.core import reasons

SOURCE = Path(__file__).parents[2] / "src" / "frontdesk"
REPOSITORY = SOURCE.parents[1]


def test_business_sql_takes_its_time_as_a_parameter() -> None:
    """`now()` in SQL would ignore the demo's clock."""
    wrong = [
        f"{file.relative_to(SOURCE)}:{number}"
        for pattern in ("**/*.sql", "**/*.py")
        for file in SOURCE.glob(pattern)
        if file.name != "clock.py"
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if re.search(r"(?<![\w.])(now\(\)|current_timestamp|clock_timestamp\(\))", line, re.IGNORECASE)
        and not line.strip().startswith(("#", '"""', "--", "def now"))
        and "`" not in line
    ]
    assert wrong == []


def test_templates_have_no_inline_style_or_script() -> None:
    """The policy forbids both; a mail's own templates are the exception, since mail clients know no style sheets."""
    wrong = []
    for file in SOURCE.glob("**/templates/**/*.html"):
        if "mail" in str(file.relative_to(SOURCE)) or "backoffice" in str(file):
            continue
        text = file.read_text()
        if re.search(r"\sstyle=|<style|\son\w+=\"|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(ld\+)?json)", text):
            wrong.append(str(file.relative_to(SOURCE)))
    assert wrong == []


def test_every_reason_says_what_happened_and_what_to_do() -> None:
    for reason in reasons.every():
        assert str(reason.title).strip(), reason.code
        assert str(reason.detail).strip().endswith("."), reason.code
        assert str(reason.remedy).strip(), reason.code
        assert 400 <= reason.status < 600, reason.code


def test_nothing_is_fetched_from_somebody_elses_host() -> None:
    """Pages load from this installation only: no address of another host in a src, href of a style sheet or import."""
    wrong = [
        str(file.relative_to(SOURCE))
        for pattern in ("**/*.html", "**/*.css", "**/*.js")
        for file in SOURCE.glob(pattern)
        if re.search(r"(src=|@import|url\(|from )[\"']?https?://", file.read_text())
    ]
    assert wrong == []
