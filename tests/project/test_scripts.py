"""The scripts of the checkout: translations and reasons."""

import json
from pathlib import Path

import pytest
from scripts import messages, reasons

SOURCE = """
from django.utils.translation import gettext_lazy as _, ngettext
TITLE = _("A title that "
          "goes on")
COUNT = ngettext("%(n)s device", "%(n)s devices", 2)
"""
TEMPLATE = """
    {% load i18n ui %}<p title="{% translate "A title" %}">
  {% blocktranslate trimmed count n=devices %}One device{% plural %}{{ n }} devices{% endblocktranslate %}
{% button _("Press here") "/x/" %}{# not _("this") #}
{% translate "May" context "the month" %}
"""


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project: a module, a template, no catalogue yet."""
    folder = tmp_path / "frontdesk"
    (folder / "templates").mkdir(parents=True)
    (folder / "module.py").write_text(SOURCE)
    (folder / "templates" / "page.html").write_text(TEMPLATE)
    monkeypatch.setattr(messages, "SOURCES", folder)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages.gather, "__defaults__", (folder,))
    return folder


def catalogue(sources: Path) -> Path:
    return sources / "locale" / "de" / "LC_MESSAGES" / "django.po"


def test_strings_of_code_and_templates_are_found(sources: Path) -> None:
    found = {(entry.id, entry.context) for entry in messages.gather() if entry.id}
    assert found == {
        ("A title that goes on", None),
        (("%(n)s device", "%(n)s devices"), None),
        ("A title", None),
        (("One device", "%(n)s devices"), None),
        ("Press here", None),
        ("May", "the month"),
    }


def test_missing_uncertain_unused_and_wrong_entries_are_told(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.main(["update"]) == 0
    assert messages.main(["check"]) == 1
    assert capsys.readouterr().out.count("missing") == 6
    text = catalogue(sources).read_text()
    text = text.replace('msgid "Press here"\nmsgstr ""', 'msgid "Press here"\nmsgstr "Hier drücken"')
    text = text.replace('msgid "A title"\nmsgstr ""', '#, fuzzy\nmsgid "A title"\nmsgstr "Titel"')
    text = text.replace('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "%(m)s x"\nmsgstr[1] "%(n)s x"', 1)
    catalogue(sources).write_text(text + '\nmsgid "gone"\nmsgstr "weg"\n')
    assert messages.main(["check"]) == 1
    told = capsys.readouterr().out
    assert "uncertain (fuzzy): 'A title'" in told
    assert "unused: 'gone'" in told
    assert "Press here" not in told
    assert "unknown named placeholder" in told


def test_an_update_keeps_translations_and_drops_what_is_unused(sources: Path) -> None:
    messages.main(["update"])
    text = catalogue(sources).read_text().replace('msgid "Press here"\nmsgstr ""', 'msgid "Press here"\nmsgstr "Hier"')
    catalogue(sources).write_text(text)
    (sources / "module.py").write_text("")
    messages.main(["update"])
    updated = catalogue(sources).read_text()
    assert 'msgstr "Hier"' in updated
    assert "goes on" not in updated
    assert catalogue(sources).with_suffix(".mo").stat().st_size > 100


def test_the_file_of_reasons_is_compared_with_the_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reasons, "FILE", tmp_path / "reasons.json")
    assert reasons.main(["check"]) == 1
    assert reasons.main(["write"]) == 0
    assert reasons.main(["check"]) == 0
    rows = {row["code"]: row for row in json.loads((tmp_path / "reasons.json").read_text())["reasons"]}
    assert rows["device_limit_reached"]["status"] == 409
    (tmp_path / "reasons.json").write_text("{}")
    assert reasons.main(["check"]) == 1
    assert "python -m scripts.reasons write" in capsys.readouterr().out
