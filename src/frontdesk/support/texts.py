"""What a vendor writes in several languages (names of areas, teams, categories): a mapping of language → text."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import get_language


def language_for(language: str) -> str:
    """In which language we speak to whoever speaks this one: in theirs, where all of ours is translated ("de" for
    "de-AT"), else in the installation's. In any other, dates would be theirs and the words around them English."""
    wanted = language.split("-", maxsplit=1)[0].lower()
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def in_language(texts: Mapping[str, str], language: str = "") -> str:
    """The text in this language (the active one when none is named), else the installation's, else any there is."""
    wanted = (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]
    for each in (wanted, settings.LANGUAGE_CODE.split("-")[0]):
        if texts.get(each):
            return texts[each]
    return next((text for text in texts.values() if text), "")
