"""How a language is read: by which of PostgreSQL's stemmers, and whether it glues words together."""

from collections.abc import Iterable
from functools import lru_cache

from django.db import connection

from frontdesk.support.helpcentre.search.words import fold

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian",
    "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
# Where a word of several is written as one, its parts are looked for, too.
GLUING = {"da", "de", "et", "fi", "hu", "is", "nb", "nl", "nn", "no", "sv"}
REMEMBERED = 50_000
_stems: dict[tuple[str, str], str] = {}  # other threads may empty it at any moment: what is needed is taken out at once


def base(language: str) -> str:
    """The language alone: de for de-AT or de_AT."""
    return normal(language).partition("-")[0]


def normal(language: str) -> str:
    """One writing of a code: de-at for de_AT."""
    return language.strip().lower().replace("_", "-")[:10]


def glues(language: str) -> bool:
    """Whether its words are often made of others."""
    return base(language) in GLUING


def stems(language: str, words: Iterable[str]) -> dict[str, str]:
    """The stem of each word, without accents; empty for words that say nothing (the, of)."""
    wanted = dict.fromkeys(words)
    dictionary = _dictionary(language)
    if not dictionary:
        return {word: fold(word) for word in wanted}
    known = {word: _stems.get((dictionary, word)) for word in wanted}
    found = {word: stem for word, stem in known.items() if stem is not None}
    found |= _learn(dictionary, [word for word in wanted if word not in found])
    return {word: found[word] for word in wanted}


def _learn(dictionary: str, words: list[str]) -> dict[str, str]:
    if not words:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select word, coalesce((ts_lexize(%s::regdictionary, word))[1], '') from unnest(%s::text[]) as word",
            [dictionary, words],
        )
        learnt = {word: fold(stem) for word, stem in cursor.fetchall()}
    if len(_stems) + len(learnt) > REMEMBERED:
        _stems.clear()
    _stems.update({(dictionary, word): stem for word, stem in learnt.items()})
    return learnt


def _dictionary(language: str) -> str:
    """PostgreSQL's dictionary; empty where it (or this version of it) has none."""
    name = f"{STEMMERS.get(base(language), '')}_stem"
    return name if name in _dictionaries() else ""


@lru_cache(maxsize=1)
def _dictionaries() -> frozenset[str]:
    """Those that this PostgreSQL has."""
    with connection.cursor() as cursor:
        cursor.execute("select dictname from pg_catalog.pg_ts_dict where dictname like '%%\\_stem'")
        return frozenset(name for (name,) in cursor.fetchall())
