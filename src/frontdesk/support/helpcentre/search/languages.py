"""Which of PostgreSQL's dictionaries reads a language."""

# The snowball dictionaries that PostgreSQL has had for long; any other language is read word by word.
CONFIGURATIONS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "fi": "finnish", "fr": "french", "hu": "hungarian", "it": "italian", "nb": "norwegian", "nl": "dutch",
    "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish",
    "tr": "turkish",
}  # fmt: skip


def configuration(language: str) -> str:
    """The text search configuration for a language code (de, de-AT, zh-hans)."""
    return CONFIGURATIONS.get(base(language), "simple")


def base(language: str) -> str:
    """The language alone: de for de-AT or de_AT."""
    return language.lower().replace("_", "-").partition("-")[0]
