"""What a vendor writes in several languages (names of areas, teams, categories): a mapping of language → text."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import get_language


def in_language(texts: Mapping[str, str], language: str = "") -> str:
    """The text in this language (the active one when none is named), else the installation's, else any there is."""
    wanted = (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]
    for each in (wanted, settings.LANGUAGE_CODE.split("-")[0]):
        if texts.get(each):
            return texts[each]
    return next((text for text in texts.values() if text), "")
