"""Names of files from strangers, as they may be shown and saved."""

import unicodedata
from pathlib import PurePosixPath

from frontdesk.support.tickets.contents import EXTENSIONS

LONGEST = 200
FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


def cleaned(name: str) -> str:
    """The last part of the path, without signs that cannot be seen or that turn the reading direction."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    visible = "".join(" " if sign.isspace() else sign for sign in last if _is_seen(sign))
    plain = " ".join(visible.split()).translate(FORBIDDEN).strip(". ")
    if plain.partition(".")[0].strip().lower() in DEVICES:
        plain = f"_{plain}"
    return shortened(plain or "file")


def shortened(name: str, extension: str = "") -> str:
    """At most LONGEST characters, of which the extension is kept (or added, when one is given)."""
    suffix = f".{extension}" if extension else PurePosixPath(name).suffix[-20:]
    stem = name if extension else name[: len(name) - len(suffix)]
    return stem[: LONGEST - len(suffix)] + suffix


def extension_of(name: str) -> str:
    """What stands behind the last dot, in lower case."""
    return PurePosixPath(name).suffix.lower().strip(". ")


def fitting(name: str, content_type: str) -> str:
    """The name, with an extension that tells what is inside: no system opens it as something else."""
    allowed = EXTENSIONS[content_type]
    return name if extension_of(name) in allowed else shortened(name, allowed[0])


def _is_seen(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
