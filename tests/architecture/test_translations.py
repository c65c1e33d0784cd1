"""The catalogue is complete and fits its originals, and no text on a page or in a label goes around it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.utils.functional import Promise
from scripts import messages

SOURCE = Path(__file__).parents[2] / "src" / "frontdesk"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-z%]")
TAG = re.compile(r"<[^>]+>")
# Names, signs and samples that are the same in every language.
SAME_EVERYWHERE = {
    "/help/", "/help/articles/", "20 Dec 2024", "20 Dec 2025", "Ada Winter", "Android · 3.2",
    "Authorization: Bearer fda_…", "CSV", "Ctrl", "Ctrl K", "Ctrl ↵", "Enter", "Esc", "Halcyon Shield",
    "Halcyon Shield Plus", "Halcyon Shield Standard", "Kim", "Linux", "Re:", "SHA-256", "Windows",
    "XXXXX-XXXXX-XXXXX-XXXXX", "ZAB5Y-RRB1R", "chatting", "desk", "desk desk-inbox", "inbox", "inbox has-talk", "macOS",
    "narrow", "search", "wide",
}  # fmt: skip


def entries(language: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], Message]]:
    """Originals, translations and the entry itself; one or as many as the language has plural forms."""
    for entry in messages.read(language):
        if entry.id:
            ids = entry.id if isinstance(entry.id, tuple | list) else (entry.id,)
            strings = entry.string if isinstance(entry.string, tuple | list) else (str(entry.string),)
            yield tuple(ids), tuple(strings), entry


def test_every_catalogue_is_complete() -> None:
    """Nothing missing, uncertain, unused; what to do: `make messages`, translate, run again."""
    assert list(messages.faults()) == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_plural_has_all_its_forms(language: str) -> None:
    forms = int(re.findall(r"nplurals=(\d)", messages.LANGUAGES[language])[0])
    wrong = [ids[0] for ids, strings, _ in entries(language) if len(ids) > 1 and len(strings) != forms]
    assert wrong == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_keep_placeholders(language: str) -> None:
    """A singular may say "one thing" without its number; nothing else may lose or gain a placeholder."""
    wrong = []
    for ids, strings, _ in entries(language):
        expected = sorted(PLACEHOLDER.findall(ids[-1]))
        for string in strings:
            found = sorted(PLACEHOLDER.findall(string))
            if found != expected and not (len(ids) > 1 and string == strings[0] and set(found) <= set(expected)):
                wrong.append((ids[0], string))
    assert wrong == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_keep_tags(language: str) -> None:
    wrong = [
        (ids[0], string)
        for ids, strings, _ in entries(language)
        for string in strings
        if sorted(TAG.findall(string)) != sorted(TAG.findall(ids[-1]))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_end_like_their_originals(language: str) -> None:
    """A sentence stays a sentence and a label a label: the last sign says which."""
    wrong = [
        (ids[-1], strings[-1])
        for ids, strings, _ in entries(language)
        if (ids[-1][-1] in ".?:…") != (strings[-1][-1] in ".?:…") or strings[-1] != strings[-1].strip()
    ]
    assert wrong == []


def test_templates_translate_every_visible_text() -> None:
    wrong = [
        (file.relative_to(SOURCE).as_posix(), text)
        for suffix in ("html", "txt")
        for file in SOURCE.glob(f"**/templates/**/*.{suffix}")
        for text in bare_texts(file.read_text())
        if text not in SAME_EVERYWHERE
    ]
    assert wrong == []


def bare_texts(template: str) -> list[str]:
    """What a template would show in English whatever the language is: text and a few attributes outside its tags."""
    text = re.sub(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<(script|style)\b.*?</\1>", "", template, flags=re.DOTALL)
    text = re.sub(r"{%\s*blocktrans.*?endblocktrans\w*\s*%}", "\0", text, flags=re.DOTALL)
    text = re.sub(r"{%.*?%}|{{.*?}}", "\0", text, flags=re.DOTALL)
    spoken = re.findall(r"\s(?:title|alt|aria-label|placeholder|data-label|data-busy)=\"([^\"]*)\"", text)
    # Attributes that a fragment gives to another template's tag count when more than a translation stands in them.
    shown = re.sub(r"<[^>]*>|data-[\w-]+=\"\0\"", "\0", text).split("\0")
    parts = [part.strip() for whole in [*spoken, *shown] for part in whole.split("\0")]
    return [part for part in parts if re.search(r"[^\W\d_]{2}", re.sub(r"&\w+;", "", part))]


def test_code_translates_under_names_that_extraction_knows() -> None:
    """`from … import gettext as _now` would hide its strings from the catalogue."""
    wrong = [
        f"{file.relative_to(SOURCE)}: {name.asname}"
        for file in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.name in messages.KEYWORDS and (name.asname or name.name) not in messages.KEYWORDS
    ]
    assert wrong == []


def test_models_and_forms_have_translated_labels() -> None:
    """A label in plain quotes cannot be translated. Programmers and the command line get English."""
    wrong = [
        f"{file.relative_to(SOURCE)}:{node.lineno}"
        for file in SOURCE.rglob("*.py")
        if not {"migrations", "gateway", "commands", "cli.py"} & set(file.parts)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.keyword | ast.Assign) and is_label(node) and is_plain_words(node.value)
    ]
    assert wrong == []


def is_label(node: ast.keyword | ast.Assign) -> bool:
    """Whether this gives something a name that people see."""
    names = [node.arg] if isinstance(node, ast.keyword) else [getattr(target, "id", "") for target in node.targets]
    return bool({"verbose_name", "verbose_name_plural", "help_text", "search_help_text", "description"} & set(names))


def is_plain_words(value: ast.expr) -> bool:
    """Whether it is a text in plain quotes."""
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and bool(value.value)


def test_the_back_office_shows_fields_under_translated_names() -> None:
    """A model or field without a name of its own would get one made of its English identifier."""
    wrong = set()
    for model, owner in admin.site._registry.items():
        if model.__module__.startswith("frontdesk."):
            for shown in [owner, *[inline(model, admin.site) for inline in owner.inlines]]:
                wrong |= set(unnamed(shown))
    assert wrong == {"catalog.ReleaseFile.sha256"}  # the same in every language


def unnamed(shown: Any) -> Iterator[str]:
    """Model and fields of one admin that have no translated name; ids need none."""
    options = shown.model._meta
    fields = {field.name: field for field in options.concrete_fields if not field.primary_key}
    names = [*getattr(shown, "list_display", ()), *flatten(list(shown.fields or ())), *shown.readonly_fields]
    yield from (f"{options.label}.{name}" for name in names if is_unnamed(fields.get(name)))
    if not isinstance(options.verbose_name, Promise):
        yield options.label


def is_unnamed(field: Any) -> bool:
    """Whether it is a field whose name was made of its identifier."""
    return field is not None and not isinstance(field.verbose_name, Promise)
