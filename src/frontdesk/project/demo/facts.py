"""demo.json in the data folder (mode 0600): what was made, with clear codes and passwords, which stand nowhere else."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from frontdesk.project.installation import write_private

COMPLETE = "all of version 5"  # a later version with more steps has another mark


@dataclass
class DemoPerson:
    """Somebody to sign in as. Customers have no authenticator: their `totp_secret` is empty."""

    email: str
    password: str
    totp_secret: str
    role: str
    situation: str


@dataclass
class DemoCode:
    """An activation code, and what to expect of it."""

    code: str
    plan: str
    device_limit: int
    situation: str


@dataclass
class Facts:
    """What `frontdesk demo facts` prints; `done` names the steps of building that are complete."""

    path: Path
    url: str = ""
    product: str = "halcyon-shield"
    people: list[DemoPerson] = field(default_factory=list)
    codes: list[DemoCode] = field(default_factory=list)
    mailbox_url: str = ""
    trust_root: str = ""
    done: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, data: Path) -> "Facts":
        """The facts of a data folder; empty ones where nothing was made yet."""
        path = data / "demo.json"
        if not path.exists():
            return cls(path)
        content: dict[str, Any] = json.loads(path.read_text())
        people = [DemoPerson(**row) for row in content.pop("people")]
        codes = [DemoCode(**row) for row in content.pop("codes")]
        return cls(path, people=people, codes=codes, **content)

    def save(self) -> None:
        """Write the file at once."""
        content = asdict(self)
        del content["path"]
        write_private(self.path, json.dumps(content, indent=1, ensure_ascii=False))

    def finish(self, step: str) -> None:
        """Note that a step of building is complete."""
        self.done.append(step)
        self.save()

    @property
    def is_complete(self) -> bool:
        """Whether every step of building is done."""
        return COMPLETE in self.done

    def note_address(self, url: str) -> None:
        """Where the demo is reached this time."""
        self.url, self.mailbox_url = url, f"{url}/demo/mailbox/"
        self.save()

    def person(self, email: str) -> DemoPerson | None:
        """The person with this address."""
        return next((person for person in self.people if person.email == email), None)

    def published(self) -> dict[str, Any]:
        """What other programs rely on."""
        content = asdict(self)
        for name in ("path", "done", "trust_root"):
            del content[name]
        return content
