"""Files that come along with the rows of a copy, streamed from the storage into the ZIP."""

import re
import shutil
import zipfile
from datetime import datetime

from django.core.files.storage import default_storage
from django.utils import timezone

from frontdesk.core import clock
from frontdesk.core.personal import Exporter, Row, StoredFile

FOLDER = "files"
MOST = 2_000_000_000  # bytes of files in one copy; the others are named, and to be had where they stand
LONGEST = 100  # characters of a name
UNFIT = re.compile(r"[^\w.() -]+")


class Along:
    """Puts files into one archive; no name twice, none outside the folder."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.left = MOST
        self.taken = set[str]()

    def put(self, exporter: Exporter, row: Row) -> str:
        """Put the file of a row in; its path in the archive, "" where there is none any more, or no room for it.

        Raises OSError when the storage does not answer: the copy is tried again as a whole.
        """
        found = exporter.file(row) if exporter.file else None
        if found is None or not found.stored or found.size > self.left:
            return ""
        path = self._path_of(exporter.name, found)
        try:
            with default_storage.open(found.stored) as source:
                information = zipfile.ZipInfo(path, _moment())
                with self.archive.open(information, "w", force_zip64=True) as target:
                    shutil.copyfileobj(source, target)
        except FileNotFoundError:  # deleted just now
            return ""
        self.left -= found.size
        self.taken.add(path)
        return path

    def _path_of(self, folder: str, found: StoredFile) -> str:
        name = UNFIT.sub("_", found.name).strip(" .")[-LONGEST:] or "file"
        path, number = f"{FOLDER}/{folder}/{name}", 1
        while path in self.taken:
            number += 1
            path = f"{FOLDER}/{folder}/{number}-{name}"
        return path


def _moment() -> tuple[int, int, int, int, int, int]:
    now: datetime = timezone.localtime(clock.real_now())
    return (now.year, now.month, now.day, now.hour, now.minute, now.second)
