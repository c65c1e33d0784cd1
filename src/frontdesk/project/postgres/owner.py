"""Whom the database server runs as. PostgreSQL refuses root, so root hands it to an unprivileged user."""

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

APART = Path("/var/lib/frontdesk")
USERS = ("frontdesk", "postgres", "nobody")


@dataclass(frozen=True)
class Owner:
    """The system user of the server's process and files; `None` ids mean the user we already are."""

    uid: int | None = None
    gid: int | None = None

    @property
    def popen(self) -> dict[str, Any]:
        """Arguments for `subprocess` that start a process as this user."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Make the user owner of a path of ours."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether the user may pass through every folder on the way to (and into) `folder`."""
        if self.uid is None:
            return True
        return all(self._may_pass(parent) for parent in (folder, *folder.parents) if parent.exists())

    def _may_pass(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def current() -> Owner:
    """The owner for this process: ourselves, or for root the first unprivileged user that exists.

    Raises SystemExit when root finds none of them.
    """
    if os.geteuid() != 0:
        return Owner()
    for name in USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid)
    raise SystemExit("frontdesk: run me as an ordinary user, or create one: useradd --system frontdesk")


def home_for(data: Path, owner: Owner) -> Path:
    """The folder for the cluster: inside the data folder, or apart where the owner could not reach it.

    A cluster that exists stays where it is: a permission that somebody changed since must not look like an empty
    installation. Raises SystemExit with one line when the owner can no longer reach it.
    """
    inside = data / "postgres"
    apart = APART / hashlib.sha256(str(data).encode()).hexdigest()[:16]
    if (apart / "data").exists() and owner.uid is not None:
        return apart
    if (inside / "data").exists() and not owner.can_enter(data):
        raise SystemExit(
            f"frontdesk: the database in {inside} cannot be reached any more by its user: chmod o+x {data}"
        )
    return inside if owner.can_enter(data) else apart
