"""JSON into shapes; what does not fit is refused with the field's name."""

import json
import re
from typing import Any, TypeVar

import msgspec

from frontdesk.core.errors import RequestInvalid

T = TypeVar("T")
BODY = "body"
_PATH = re.compile(r"at `\$\.?([^`]*)`")
_MISSING = re.compile(r"missing required field `([^`]+)`")


def decode(decoder: "msgspec.json.Decoder[T]", body: bytes) -> T:
    """The body as the decoder's type. Raises RequestInvalid with `field`, "body" when it is no JSON object at all."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise RequestInvalid(field=_field(str(error))) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise RequestInvalid(field=_unreadable(body)) from None


def _field(message: str) -> str:
    at, missing = _PATH.search(message), _MISSING.search(message)
    parts = [part for part in (at[1] if at else "", missing[1] if missing else "") if part]
    return ".".join(parts) or BODY


def _unreadable(body: bytes) -> str:
    """The member that holds half a character (a lone surrogate), which JSON can write and nothing can store."""
    try:
        return _broken_member(json.loads(body)) or BODY
    except (ValueError, RecursionError):
        return BODY


def _broken_member(value: Any) -> str:
    if isinstance(value, str):
        return "." if any("\ud800" <= character <= "\udfff" for character in value) else ""
    if isinstance(value, dict):
        for name, member in value.items():
            if inner := _broken_member(member):
                return name if inner == "." else f"{name}.{inner}"
    return ""
