"""The ZIP with all of a person's data: `data/*.json` for programs, pages for people, and `index.html` to begin with.

Files of theirs lie in `files/`; the rows of their tables lead there.
"""

import json
import zipfile
import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib import resources
from typing import IO, Any
from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from frontdesk.accounts.models import Person
from frontdesk.accounts.privacy.along import Along
from frontdesk.core import clock, personal
from frontdesk.core.personal import Exporter, Row, Traces

IN_COPY = "file_in_copy"
WIDEST_TABLE = 6  # columns; what has more, or long texts, is shown one below the other
STYLE = resources.files("frontdesk.accounts") / "templates/accounts/export/style.css"


def write(target: IO[bytes], person: Person, traces: Traces, progress: Callable[[int], None]) -> None:
    """Write the ZIP, in the person's language and time zone. `progress` is told how many per cent are done."""
    language = person.language if person.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with (
        translation.override(language),
        timezone.override(_zone(person)),
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        every = personal.exporters()
        sections, along = list[dict[str, object]](), Along(archive)
        for number, exporter in enumerate(every, 1):
            rows = list(exporter.rows(traces))
            _write_section(archive, along, exporter, rows)
            sections.append({"name": exporter.name, "title": exporter.title, "count": len(rows)})
            progress(number * 99 // len(every))
        context = {
            "sections": sections,
            "has_files": bool(along.taken),
            "person": person,
            "made_at": clock.real_now(),
            "language": language,
        }
        archive.writestr("index.html", _page("index", context))
        archive.writestr("style.css", STYLE.read_text())


def _write_section(archive: zipfile.ZipFile, along: Along, exporter: Exporter, rows: list[Row]) -> None:
    plain = [{name: row.get(name) for name in exporter.columns} for row in rows]
    columns = dict(exporter.columns)
    if exporter.file:
        columns[IN_COPY] = _("File in this copy")
        for document_row, row in zip(plain, rows, strict=True):
            document_row[IN_COPY] = along.put(exporter, row)
    document = json.dumps(plain, ensure_ascii=False, indent=1, default=_for_programs)
    archive.writestr(f"data/{exporter.name}.json", document + "\n")
    context = {
        "title": exporter.title,
        "columns": list(columns.values()),
        "rows": [
            [(columns[name], _for_people(value), quote(str(value)) if name == IN_COPY else "") for name, value in each]
            for each in (row.items() for row in plain)
        ],
        "as_table": len(columns) <= WIDEST_TABLE and "text" not in columns,
        "language": translation.get_language(),
        "name": exporter.name,
    }
    archive.writestr(f"{exporter.name}.html", _page("section", context))


def _page(name: str, context: dict[str, Any]) -> str:
    return render_to_string(f"accounts/export/{name}.html", context)


def _for_programs(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _for_people(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {_for_people(each)}" for name, each in value.items()) or "–"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(_for_people(each) for each in value) or "–"
    return str(value)


def _zone(person: Person) -> zoneinfo.ZoneInfo | None:
    with suppress(zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(person.time_zone) if person.time_zone else None
    return None
