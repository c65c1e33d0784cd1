"""The translations' catalogues, one a language, without gettext's own programs.

`update` brings django.po up to the strings in code and templates, `check` fails on missing, uncertain or unused
entries, `compile` makes the file that Django reads.
"""

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "src" / "frontdesk"
LANGUAGES = {"de": "nplurals=2; plural=(n != 1);"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one action; the exit status is 1 when `check` finds something."""
    parser = argparse.ArgumentParser(prog="messages", description=__doc__)
    parser.add_argument("action", choices=["update", "check", "compile"])
    action = parser.parse_args(arguments).action
    found = list({"update": update, "check": check, "compile": compile_all}[action]())
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


def update() -> Iterator[str]:
    """Write each language's catalogue anew: kept translations, new empty entries, nothing unused."""
    template = gather()
    for language in LANGUAGES:
        catalog = Catalog(locale=language)
        known = {_key(entry): entry for entry in read(language) if entry.id}
        for entry in template:
            if entry.id:
                kept = known.get(_key(entry))
                if kept and isinstance(kept.id, str) != isinstance(entry.id, str):
                    kept = None  # it has gained or lost its plural
                catalog.add(
                    entry.id, kept.string if kept else "", entry.locations, flags=entry.flags | _fuzzy(kept),
                    auto_comments=entry.auto_comments, context=entry.context,
                )  # fmt: skip
        _write(language, catalog)
    yield from compile_all()


def check() -> Iterator[str]:
    """Every fault, one line each; then the files that Django reads are made."""
    yield from faults()
    yield from compile_all()


def faults() -> Iterator[str]:
    """What is missing, uncertain, unused or wrong, one line each."""
    template = {_key(entry): entry for entry in gather() if entry.id}
    for language in LANGUAGES:
        translated = {_key(entry): entry for entry in read(language) if entry.id}
        for key, entry in template.items():
            found = translated.get(key)
            where = entry.locations[0][0]
            if found is None or not _is_complete(found):
                yield f"{language}: missing: {_shown(entry)} ({where})"
            elif found.fuzzy:
                yield f"{language}: uncertain (fuzzy): {_shown(entry)}"
            else:
                yield from (f"{language}: {error}: {_shown(entry)}" for error in found.check())
        yield from (f"{language}: unused: {_shown(entry)}" for key, entry in translated.items() if key not in template)


def compile_all() -> Iterator[str]:
    """Make django.mo beside each django.po, so that a running server never sees half a file."""
    for language in LANGUAGES:
        target = _path(language).with_suffix(".mo")
        if not _path(language).exists():
            continue
        content = io.BytesIO()
        write_mo(content, read(language))
        draft = target.with_suffix(".mo.new")
        draft.write_bytes(content.getvalue())
        draft.replace(target)
    yield from ()


def gather(folder: Path = SOURCES) -> Catalog:
    """Every string that code and templates translate."""
    catalog = Catalog()
    for path in sorted(_sources(folder)):
        text = path.read_text()
        if path.suffix != ".py":
            # What remains of a template is a row of calls whose indentation Python's tokenizer would stumble over.
            text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
        where = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
        for _, ids, comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS, ["Translators:"]):
            catalog.add(ids, locations=[(where, 0)], auto_comments=comments, context=context)
    return catalog


def _sources(folder: Path) -> Iterator[Path]:
    yield from folder.rglob("*.py")
    for suffix in ("html", "txt", "svg", "xml"):
        yield from (path for path in folder.rglob(f"*.{suffix}") if "templates" in path.parts)


def _key(entry: Message) -> tuple[str, str | None]:
    return (entry.id[0] if isinstance(entry.id, tuple | list) else entry.id, entry.context)


def _fuzzy(entry: Message | None) -> set[str]:
    return {"fuzzy"} if entry is not None and entry.fuzzy else set()


def _is_complete(entry: Message) -> bool:
    return bool(entry.string) if isinstance(entry.string, str | None) else bool(entry.string) and all(entry.string)


def _shown(entry: Message) -> str:
    return repr(_key(entry)[0])


def _path(language: str) -> Path:
    return SOURCES / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """A language's catalogue as it stands; an empty one for a language that has none yet."""
    if not _path(language).exists():
        return Catalog(locale=language)
    with _path(language).open("rb") as file:
        return read_po(file, locale=language)


def _write(language: str, catalog: Catalog) -> None:
    # A fixed header and no line numbers: a change of the catalogue is a change of strings.
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {LANGUAGES[language]}\\n"\n\n'
    )
    content = io.BytesIO()
    write_po(content, catalog, width=110, omit_header=True, sort_output=True, include_lineno=False)
    _path(language).parent.mkdir(parents=True, exist_ok=True)
    _path(language).write_text(header + content.getvalue().decode().strip() + "\n")


if __name__ == "__main__":
    sys.exit(main())
