"""Looking for somebody everywhere: in each column of each table, as text, bytes and JSON, and in each file."""

import base64
import zipfile
from collections.abc import Iterable
from pathlib import Path

from django.db import connection

NOT_OURS = {"postgres", "mail", "sms", "run"}  # the database's own files; what has left; sockets


def spellings(word: str) -> set[str]:
    """A word as it would stand in the text of a row: plain, in hexadecimal (bytes), and in base 64 at any place."""
    found = set()
    for text in {word, word.lower(), word.upper(), word.capitalize()}:
        raw = text.encode()
        found |= {text, raw.hex()}
        for shift in range(3):
            coded = base64.b64encode(b"x" * shift + raw).decode()
            # The first and last symbols depend on the neighbours.
            found.add(coded[(0, 2, 3)[shift] : len(coded) - 4])
    return {each for each in found if len(each) >= 6}


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'public' order by 1")
        return [row[0] for row in cursor.fetchall() if row[0] != "django_migrations"]


def rows_with(words: Iterable[str]) -> dict[str, list[str]]:
    """Every row that holds one of the words in any column, by table."""
    patterns = [f"%{spelling}%" for word in words for spelling in sorted(spellings(word))]
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'select t::text from "{table}" t where t::text ilike any (%s)', [patterns])  # noqa: S608 - names of our tables
            if rows := [row[0] for row in cursor.fetchall()]:
                found[table] = sorted(rows)
    return found


def files_with(folder: Path, words: Iterable[str]) -> list[str]:
    """Every file below the folder that holds one of the words, also inside of archives, or in its name."""
    needles = [word.lower().encode() for word in words]
    found = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if inside.parts[0] in NOT_OURS or not path.is_file():
            continue
        content = path.read_bytes() + str(inside).encode()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                content += b"".join(archive.read(name) for name in archive.namelist())
        if any(needle in content.lower() for needle in needles):
            found.append(str(inside))
    return found
