"""What a file is, by its bytes alone, and whether we take it. What is not on the list is not taken.

The table is our own: a list of what may pass is short, and must look further than the first bytes (which is all that
libraries for guessing types do) to know documents with macros, web pages in disguise and archives that explode.
"""

import re
import struct
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext_lazy as _

PICTURE = "image/*"  # which kind, the decoder says
TEXT = "text/plain"
# The names of what runs when it is opened, on any system.
_DANGEROUS = (
    "ade adp apk app application appx appxbundle applescript bas bat cab chm class cmd com command cpl crt csh deb"
    " desktop dll dmg dot docm dotm elf exe ex_ fxp gadget hlp hta htm html img inf ins iqy iso isp jar jnlp js jse jsp"
    " ksh lib lnk mad maf mht mhtml mjs msc msh msi msix msp mst ocx ops osd pcd php phtml pif pkg pl plg potm ppam"
    " ppsm pptm prf prg ps1 ps1xml ps2 psc1 psd1 psm1 py pyc pyw pyz rb reg rpm run scf scpt scr sct settingcontent-ms"
    " sh shb shs shtml sldm slk so svg svgz swf sys terminal theme tmp url vb vbe vbp vbs vhd vhdx vsmacros vsw wasm"
    " website ws wsc wsf wsh xbap xhtml xht xlam xll xlsm xltm xnk xsl xslt"
)
DANGEROUS = frozenset(_DANGEROUS.split())
ARCHIVES = frozenset(
    ("zip", "7z", "rar", "gz", "tgz", "tar", "bz2", "xz", "zst", "lz", "lzma", "cab", "arj", "ace", "iso", "z")
)
PROGRAMS = (
    b"MZ", b"MSCF", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"\x4c\x00\x00\x00\x01\x14\x02\x00", b"ITSF", b"\x00asm", b"dex\n", b"\xed\xab\xee\xdb",
)  # fmt: skip
SCRIPTS = (b"#!", b"@echo off", b"<?php", b"!<arch>", b"windows registry editor")
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER_ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
SOUNDS = ((b"ID3", "audio/mpeg"), (b"\xff\xfb", "audio/mpeg"), (b"\xff\xf3", "audio/mpeg"), (b"OggS", "audio/ogg"))
OOXML = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
ODF = {
    f"application/vnd.oasis.opendocument.{kind}": extension
    for kind, extension in (("text", "odt"), ("spreadsheet", "ods"), ("presentation", "odp"), ("graphics", "odg"))
}
# The extensions that a name may keep; another gets the first one behind it.
EXTENSIONS: dict[str, tuple[str, ...]] = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    TEXT: (
        "txt",
        "log",
        "csv",
        "tsv",
        "md",
        "json",
        "jsonl",
        "ini",
        "cfg",
        "conf",
        "yml",
        "yaml",
        "toml",
        "ics",
        "vcf",
    ),
    "application/zip": ("zip",),
    **{kind: (extension,) for kind, extension in zip(OOXML.values(), ("docx", "xlsx", "pptx"), strict=True)},
    **{kind: (extension,) for kind, extension in ODF.items()},
    "audio/mpeg": ("mp3",),
    "audio/ogg": ("ogg", "oga", "opus", "ogv"),
    "audio/wav": ("wav",),
    "video/mp4": ("mp4", "m4a", "m4v", "mov"),
    "video/webm": ("webm", "mkv"),
}
ZIP_ENTRIES = 1_000
ZIP_DIRECTORY = 1_000_000
ZIP_UNPACKED = 200_000_000
ZIP_RATIO = 100
SMALL = 1_000_000  # below it no ratio matters
# Why a file is not taken, in words for whoever sent it.
REASONS = {
    "too_large": _("It is larger than 10 MB."),
    "too_many": _("A message carries at most 20 files of 25 MB together."),
    "empty": _("It is empty."),
    "executable": _("Programs and scripts could harm whoever opens them."),
    "web_page": _("Web pages could harm whoever opens them; send a picture or a PDF of it."),
    "macros": _("The document holds macros or other active parts; save it without them, or as a PDF."),
    "old_office": _("Old office files can hide macros; save it in the present format, or as a PDF."),
    "archive": _("We look into ZIP archives only, without further archives inside."),
    "archive_locked": _("We cannot look into an archive that is locked by a password."),
    "damaged_picture": _("The picture is damaged or far too large."),
    "unknown_kind": _("We do not know this kind of file; send a picture, a PDF or a text file."),
}
_PAGE = re.compile(
    r"<(!doctype\s+html|html|head|body|script|svg|iframe|object|embed|\w+:script)[\s>/]"
    r"|http://www\.w3\.org/(1999/xhtml|2000/svg)|<\?xml-stylesheet",
    re.IGNORECASE,
)
_CONTROLS = bytes(each for each in range(32) if each not in b"\b\t\n\f\r\x1b") + b"\x7f"


class Refused(Exception):
    """We do not take it; `why` is a key of REASONS."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def recognise(data: bytes, extension: str) -> str:
    """What it is: a content type, or PICTURE. Raises Refused.

    The extension only forbids: what a system would run because of its name is refused.
    """
    if not data:
        raise Refused("empty")
    is_binary = b"\x00" in data[:4_096]
    if (is_binary and data.startswith(PROGRAMS)) or data[:100].lstrip().lower().startswith(SCRIPTS):
        raise Refused("executable")
    kind = _by_beginning(data) or (_sound_or_film(data) if is_binary else None) or _text(data)
    if kind is None:
        raise Refused("unknown_kind")
    # Our own pictures and the extension that goes behind them cannot be run, whatever they were called.
    if kind != PICTURE and extension in DANGEROUS:
        raise Refused("executable")
    return kind


def _by_beginning(data: bytes) -> str | None:
    if data.startswith(PICTURES) or _is_boxed_picture(data) or _is_bitmap(data):
        return PICTURE
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(data)
    if data.startswith(OLD_OFFICE):
        raise Refused("old_office")
    if data.startswith(OTHER_ARCHIVES):
        raise Refused("archive")
    return None


def _is_boxed_picture(data: bytes) -> bool:
    return (data[:4] == b"RIFF" and data[8:12] == b"WEBP") or (
        data[4:8] == b"ftyp" and data[8:12] in {b"avif", b"avis"}
    )


def _is_bitmap(data: bytes) -> bool:
    return (
        data[:2] == b"BM" and len(data) > 26 and struct.unpack_from("<I", data, 14)[0] in {12, 40, 52, 56, 64, 108, 124}
    )


def _sound_or_film(data: bytes) -> str | None:
    for beginning, kind in SOUNDS:
        if data.startswith(beginning):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "audio/wav"
    if data[4:8] == b"ftyp" and data[8:11] in {b"mp4", b"iso", b"M4A", b"M4V", b"qt ", b"avc", b"3gp"}:
        return "video/mp4"
    return "video/webm" if data.startswith(b"\x1a\x45\xdf\xa3") else None


def _text(data: bytes) -> str | None:
    """Text of any charset: bytes without the signs that only binary files have. Web pages are refused."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
        if text.count("\ufffd") > len(text) // 100 or "\x00" in text:
            return None
    else:
        if b"\x00" in data or len(data) - len(data.translate(None, _CONTROLS)) > len(data) // 1_000:
            return None
        text = data[:8_192].decode("utf-8", errors="replace")
    beginning = text[:4_096].lstrip("\ufeff \t\r\n\f")
    if beginning.startswith("<") and _PAGE.search(beginning):
        raise Refused("web_page")
    return TEXT


def _zip(data: bytes) -> str:
    """An archive or an office document, by its directory. Nothing but two small entries is unpacked."""
    if _directory_size(data) > ZIP_DIRECTORY:
        raise Refused("archive")
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_sizes(entries, len(data))
            names = {entry.filename for entry in entries}
            if "[Content_Types].xml" in names:
                return _ooxml(archive, names)
            if entries and entries[0].filename == "mimetype":
                return _odf(archive, names)
    except (BadZipFile, LargeZipFile, NotImplementedError, ValueError, EOFError, OSError, struct.error, RuntimeError):
        raise Refused("archive") from None
    _check_names(names)
    return "application/zip"


def _directory_size(data: bytes) -> int:
    """How long the directory says it is; reading a huge one would cost more than it is worth."""
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or at + 16 > len(data):
        raise Refused("archive")
    return int(struct.unpack_from("<I", data, at + 12)[0])


def _check_sizes(entries: list[ZipInfo], length: int) -> None:
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if len(entries) > ZIP_ENTRIES or unpacked > ZIP_UNPACKED or packed > length:  # packed > length: they overlap
        raise Refused("archive")
    if any(entry.file_size > SMALL and entry.file_size > ZIP_RATIO * entry.compress_size for entry in entries):
        raise Refused("archive")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("archive_locked")


def _check_names(names: set[str]) -> None:
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        extension = path.suffix.lower().strip(". ")
        if extension in DANGEROUS:
            raise Refused("executable")
        if extension in ARCHIVES or ".." in path.parts or path.is_absolute():
            raise Refused("archive")


def _ooxml(archive: ZipFile, names: set[str]) -> str:
    types = _small_entry(archive, "[Content_Types].xml").lower()
    held = {name.lower() for name in names}
    if b"macroenabled" in types or any(_is_active(name) for name in held):
        raise Refused("macros")
    for folder, kind in OOXML.items():
        if any(name.startswith(folder) for name in held):
            return kind
    raise Refused("unknown_kind")


def _is_active(name: str) -> bool:
    return "vbaproject" in name or "activex" in name or ("/embeddings/" in name and name.endswith(".bin"))


def _odf(archive: ZipFile, names: set[str]) -> str:
    kind = _small_entry(archive, "mimetype").decode("ascii", errors="replace").strip()
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        raise Refused("macros")
    if kind not in ODF:
        raise Refused("unknown_kind")
    return kind


def _small_entry(archive: ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > SMALL:
        raise Refused("archive")
    with archive.open(name) as entry:
        return entry.read(SMALL)
