"""Reading the help centre as its readers see it: published translations only, in their language if there is one."""

from collections.abc import Sequence

from frontdesk.support.helpcentre.models import Translation


def published(slug: str, language: str = "") -> Translation | None:
    """The article in this language (the active one when none is named), else in the installation's, else in any."""
    raise NotImplementedError


def behind_reason(code: str) -> Translation | None:
    """The published article behind a reason, in the reader's language or another."""
    raise NotImplementedError


def related_to(translation: Translation, limit: int = 4) -> Sequence[Translation]:
    """Articles to read next: those an editor named, then those that the search finds alike."""
    raise NotImplementedError
