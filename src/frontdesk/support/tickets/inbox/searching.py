"""Full-text search over the words of conversations. Queries of any kind find something or nothing, and never fail."""

from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet

from frontdesk.support.tickets.models import Conversation

MOST_WORDS = 12
SHORTEST_BEGINNING = 3  # shorter ones stand for themselves: half of all words begin with any two letters
# As `tickets_words` in the database parts them; what is left may stand within quotes.
PUNCTUATION = str.maketrans(dict.fromkeys("""@._-/:\\+=&?#%~|<>()[]{}'"`´’*!,;\0""", " "))


def words_of(text: str) -> list[str]:
    """The words that are looked for."""
    return text.lower().translate(PUNCTUATION).split()[:MOST_WORDS]


def expression(text: str) -> str:
    """A tsquery: each word must occur, as a whole or as a beginning. No sign that tsquery knows gets here."""
    return " & ".join(f"'{word}'" + (":*" if len(word) >= SHORTEST_BEGINNING else "") for word in words_of(text))


def search(conversations: QuerySet[Conversation], text: str) -> QuerySet[Conversation]:
    """Those in which every word occurs; none for a text without words."""
    asked = expression(text)
    if not asked:
        return conversations.none()
    return conversations.filter(search__document=SearchQuery(asked, config="simple", search_type="raw"))
