"""The line at the head of our mails below which a reply is quotation: written by us, found again in what comes in."""

import re

from django.utils.translation import gettext as _

# Whatever the language and whoever quotes it (">", spaces): the marks at both ends tell.
FOUND = re.compile(r"^[> \t|]*##-[^\n]{1,200}-##[ \t]*$", re.MULTILINE)


def line() -> str:
    """The divider in the reader's language."""
    return f"##- {_('Please write your answer above this line')} -##"


def above(text: str) -> str:
    """What stands above the first divider; the whole text when there is none."""
    found = FOUND.search(text)
    return text[: found.start()].rstrip() if found else text
