"""What an editor wrote, put in order: lengths, line ends, keywords."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from frontdesk.core.errors import RequestInvalid
from frontdesk.support.helpcentre.models import Revision

LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,6})?")
LONGEST_BODY = 100_000
MOST_KEYWORDS = 50
LONGEST_KEYWORD = 80


@dataclass(frozen=True)
class Writing:
    """What an editor wrote. `body` is Markdown."""

    title: str
    body: str
    summary: str = ""
    keywords: Sequence[str] = ()
    note: str = ""

    def says_the_same_as(self, revision: Revision) -> bool:
        """Whether that revision says all this already; the note only explains."""
        said = (revision.title, revision.body, revision.summary, list(revision.keywords))
        return (self.title, self.body, self.summary, list(self.keywords)) == said


def written_in(revision: Revision, note: str = "") -> Writing:
    """What a revision says."""
    return Writing(revision.title, revision.body, revision.summary, tuple(revision.keywords), note)


def put_in_order(writing: Writing) -> Writing:
    """With one kind of line ends, no stray spaces, and each keyword once. Raises RequestInvalid with the field."""
    texts = {
        "title": (" ".join(writing.title.split()), 200),
        "summary": (" ".join(writing.summary.split()), 300),
        "body": (writing.body.replace("\r\n", "\n").replace("\r", "\n").rstrip(), LONGEST_BODY),
        "note": (" ".join(writing.note.split()), 200),
    }
    for field, (text, longest) in texts.items():
        if len(text) > longest or "\0" in text or (not text.strip() and field in {"title", "body"}):
            raise RequestInvalid(field=field)
    words = tuple(dict.fromkeys(" ".join(word.split()) for word in writing.keywords if word.strip()))
    if len(words) > MOST_KEYWORDS or any(len(word) > LONGEST_KEYWORD or "\0" in word for word in words):
        raise RequestInvalid(field="keywords")
    return replace(writing, keywords=words, **{field: text for field, (text, _longest) in texts.items()})


def language_code(text: str) -> str:
    """A language's code as we keep it, such as de or pt-br. Raises RequestInvalid."""
    code = text.strip().lower().replace("_", "-")
    if not LANGUAGE.fullmatch(code):
        raise RequestInvalid(field="language")
    return code
