"""What is held about people: each app says how a person sees it, how it is erased, and what stays for which reason.

Apps register when they are ready; `tests/architecture/test_personal.py` fails for a table that nobody has spoken for.
core knows people by uuid only, so the app of the accounts puts together what else a person is known by (`Traces`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from frontdesk.core.reasons import Text

Row = Mapping[str, object]


@dataclass(frozen=True)
class Traces:
    """By what a person may be found in rows that are not tied to them: proved addresses and numbers, names.

    `typed` are addresses that they gave without ever proving them: good for erasing what we wrote there on their
    behalf, never for showing it.
    """

    person: UUID
    addresses: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    typed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class StoredFile:
    """A file that comes along with a row: its name in the default storage, what it is called, and its bytes."""

    stored: str
    name: str
    size: int


@dataclass(frozen=True)
class Exporter:
    """One table of a person's copy of their data.

    `name` is that of its file; `columns` are the keys of the rows, with the heading that people read. `covers` lists
    the models ("licensing.Activation") whose personal data it shows. `file` gives the file of a row, which may have
    further keys for it; None where there is none.
    """

    name: str
    title: Text
    columns: Mapping[str, Text]
    rows: Callable[[Traces], Iterable[Row]]
    covers: tuple[str, ...]
    file: Callable[[Row], StoredFile | None] | None = None


@dataclass(frozen=True)
class Eraser:
    """One step of erasing a person, in the transaction of the whole erasure; lower ranks go first.

    It must be safe to repeat, since a failure in a later step rolls the database back, though not the files.
    """

    name: str
    rank: int
    erase: Callable[[Traces], None]
    covers: tuple[str, ...]


Consequence = Callable[[UUID], Iterable[Text]]

_exporters: dict[str, Exporter] = {}
_erasers: dict[str, Eraser] = {}
_consequences: list[Consequence] = []
_kept_by_law: list[Text] = []
NOT_SHOWN: dict[str, str] = {}
NOT_ERASED: dict[str, str] = {}


def shows(exporter: Exporter) -> None:
    """Enter a table of the copy. Raises ValueError when the name is taken by another."""
    if _exporters.setdefault(exporter.name, exporter) != exporter:
        raise ValueError(f"two exporters are called {exporter.name}")


def erases(eraser: Eraser) -> None:
    """Enter a step of the erasure. Raises ValueError when the name is taken by another."""
    if _erasers.setdefault(eraser.name, eraser) != eraser:
        raise ValueError(f"two erasers are called {eraser.name}")


def not_shown(reason: str, *models: str) -> None:
    """Leave tables out of the copy, for a reason."""
    NOT_SHOWN.update(dict.fromkeys(models, reason))


def not_erased(reason: str, *models: str) -> None:
    """Leave tables as they are when a person is erased, for a reason."""
    NOT_ERASED.update(dict.fromkeys(models, reason))


def about_nobody(reason: str, *models: str) -> None:
    """Tables whose text is about no person: neither shown nor erased."""
    not_shown(reason, *models)
    not_erased(reason, *models)


def keeps_by_law(text: Text) -> None:
    """Say what the law makes us keep after an erasure (invoices); the page of the deletion tells the person."""
    if text not in _kept_by_law:
        _kept_by_law.append(text)


def warns(consequence: Consequence) -> None:
    """Enter what says, for one person, what they lose with their account."""
    if consequence not in _consequences:
        _consequences.append(consequence)


def exporters() -> list[Exporter]:
    """All tables of the copy, in the order in which the apps entered them."""
    return list(_exporters.values())


def erasers() -> list[Eraser]:
    """All steps of the erasure, in their order."""
    return sorted(_erasers.values(), key=lambda each: (each.rank, each.name))


def consequences(person: UUID) -> list[Text]:
    """What this person loses with their account, in sentences."""
    return [text for consequence in _consequences for text in consequence(person)]


def kept_by_law() -> list[Text]:
    """What the law makes us keep, in sentences."""
    return list(_kept_by_law)
