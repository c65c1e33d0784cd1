"""What somebody may want to read before they ask: similar topics, and articles of the help centre."""

from collections.abc import Sequence
from dataclasses import dataclass

from frontdesk.support.forum import searching, selectors
from frontdesk.support.forum.models import Topic
from frontdesk.support.forum.selectors import Reader
from frontdesk.support.helpcentre.models import SearchEntry
from frontdesk.support.helpcentre.search import finding
from frontdesk.support.helpcentre.search.finding import Found

MOST = 4


@dataclass(frozen=True)
class Similar:
    """What is similar to a question."""

    topics: Sequence[Topic] = ()
    articles: Sequence[Found] = ()

    def __bool__(self) -> bool:
        return bool(self.topics or self.articles)


def similar(reader: Reader, title: str) -> Similar:
    """Topics that this reader may read, and articles, which a title is similar to."""
    topics = searching.similar(title, selectors.categories(reader), limit=MOST)
    found = finding.find(title[: searching.LONGEST], limit=MOST) if title.strip() else []
    return Similar(topics, [hit for hit in found if hit.kind == SearchEntry.Kind.ARTICLE][:MOST])
