"""Bytes to text, though charsets lie: what is declared is tried, not believed; escapes are never decoded."""

import codecs
import re

LONGEST = 400_000  # characters of one text that are kept
SAMPLE = 20_000
LEAST_TO_GUESS = 12  # letters beyond ASCII
GUESSED = ["cp1251", "koi8_r", "cp1252", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "gb18030", "big5", "euc_jp",
           "shift_jis", "cp949"]  # fmt: skip
# What mail programs write, for what they mean; WHATWG's encoding standard maps the small sets to their supersets too.
MEANT = {
    "us-ascii": "cp1252", "ascii": "cp1252", "ansi_x3.4-1968": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252",
    "latin-1": "cp1252", "l1": "cp1252", "iso8859-1": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874",
    "tis-620": "cp874", "windows-874": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030",
    "chinese": "gb18030", "cn-gb": "gb18030", "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949",
    "korean": "cp949", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932",
    "ms_kanji": "cp932",
    "big5": "big5hkscs", "x-big5": "big5hkscs", "cn-big5": "big5hkscs", "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "unicode-1-1-utf-8": "utf-8", "utf8": "utf-8",
    "unicode-1-1-utf-7": "utf-7", "x-unicode-2-0-utf-7": "utf-7", "x-mac-roman": "mac-roman", "macintosh": "mac-roman",
    "iso-2022-jp": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_ext", "cp-850": "cp850", "koi8r": "koi8-r",
    "x-euc-jp": "euc-jp", "win-1251": "cp1251", "cp-1251": "cp1251", "windows-31j": "cp932", "x-windows-949": "cp949",
}  # fmt: skip
# Codecs of Python's that are no charset: they would run escapes, names of hosts, or nothing at all.
NEVER = {"unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined", "mbcs", "oem", "charmap"}
UNWANTED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufeff]")
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def decode(data: bytes, declared: str = "", longest: int = LONGEST) -> str:
    """The text that these bytes most likely are; never raises. What nothing fits becomes U+FFFD."""
    data = data[: longest * 4]
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return clean(data.decode(name, "replace"), longest)
    name = _codec(declared)
    if data.isascii() and name not in {"utf-7", "utf_16", "utf_16_le", "utf_16_be", "hz"} and b"\x1b" not in data:
        return clean(data.decode("ascii"), longest)
    if not name.startswith(("utf_16", "utf-7", "iso2022", "hz")) and (text := _nearly_utf8(data)):
        return clean(text, longest)
    for each in _candidates(data, name):
        try:
            return clean(data.decode(each), longest)
        except (UnicodeError, ValueError, LookupError):
            continue
    return clean(data.decode(name or "utf-8", "replace"), longest)


def _nearly_utf8(data: bytes) -> str:
    """The text, where all but a few bytes of it are UTF-8 (one was cut in two, or spoilt on its way); else ""."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    sample = text[:LONGEST]
    return text if bad and sum(sign > "\x7f" for sign in sample) - bad >= 10 * bad else ""


def _candidates(data: bytes, name: str) -> list[str]:
    """What to try, in order. Text that is not ASCII and valid UTF-8 is hardly ever anything else."""
    if name in {"cp1252", ""} and b"\x1b$" in data[:SAMPLE]:
        return ["iso2022_jp_ext", "utf-8", "cp1252"]
    if name in {"utf-7", "utf_16", "utf_16_le", "utf_16_be"}:
        return [name, "utf-8"]
    if name.startswith(("iso2022", "hz")):
        return [name, "utf-8"]
    if name and name != "utf-8":
        return ["utf-8", name, *([] if _is_single(name) else _guess(data)), "cp1252"]
    return ["utf-8", *_guess(data), "cp1252"]


def _is_single(name: str) -> bool:
    return name.startswith(("cp12", "cp4", "cp8", "iso8859", "koi8", "mac", "cp1006", "tis", "latin"))


def _guess(data: bytes) -> list[str]:
    """What the bytes look like; asked only where nothing fits, and not of a few letters, which look like anything."""
    if sum(byte > 127 for byte in data[:SAMPLE]) < LEAST_TO_GUESS:
        return []
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to import, and rarely needed

    try:
        best = from_bytes(data[:SAMPLE], cp_isolation=GUESSED, preemptive_behaviour=False).best()
    except Exception:  # noqa: BLE001 - a guess is no reason to lose a mail
        return []
    return [best.encoding] if best is not None and _codec(best.encoding) else []


def _codec(declared: str) -> str:
    """Python's name for a declared charset; "" for one that is unknown or no charset."""
    word = declared.strip().strip("\"'").lower().split("*")[0][:40]
    if not word or not word.isascii() or any(sign in word for sign in "\0/\\ "):
        return ""
    try:
        found = codecs.lookup(MEANT.get(word, word))
        b"".decode(found.name)  # raises for codecs that are none of texts
    except (LookupError, ValueError, TypeError):
        return ""
    name = found.name.replace("-", "_") if found.name.startswith("utf-16") else found.name
    return "" if name in NEVER else name


def clean(text: str, longest: int = LONGEST) -> str:
    """One kind of line end; no control characters (PostgreSQL takes no NUL), no halves of characters."""
    text = text[:longest].replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n").replace("\x85", "\n")
    return UNWANTED.sub("", text)


def one_line(text: str, longest: int) -> str:
    """For names and subjects: on one line, and nothing that turns the direction of what stands around it."""
    return " ".join(TURNS.sub("", clean(text)).split())[:longest].strip()
