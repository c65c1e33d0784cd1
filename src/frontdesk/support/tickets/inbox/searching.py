"""Full-text search over the words of conversations. Queries of any kind find something or nothing, and never fail."""

import re
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

from frontdesk.accounts.models import Message as Letter
from frontdesk.accounts.models import Person
from frontdesk.support.tickets.models import Conversation, ConversationSearch, OutgoingMail

MOST_WORDS = 12
MOST_NAMES, MOST_PEOPLE = 4, 200
MAIL_NUMBER = re.compile(r"[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}")
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
    """Those in which every word occurs, whose customer is called so, or to which a mail with this number belongs; none
    for a text without words."""
    asked = expression(text)
    if not asked:
        return conversations.none()
    query = SearchQuery(asked, config="simple", search_type="raw")
    # A list of its own: joined, one name that fits would keep the database from the words' index.
    found = Q(pk__in=ConversationSearch.objects.filter(document=query).values("conversation"))
    if mails := _by_mail(text):
        found |= Q(pk__in=mails)
    if people := _called(text):
        found |= Q(person__in=people)
    return conversations.filter(found)


def _called(text: str) -> list[UUID]:
    """Customers whose account has this name, each word of it as a whole or a beginning: lists show it, and the
    conversation's words may know another."""
    words = words_of(text)
    if not words or len(words) > MOST_NAMES or "@" in text:
        return []
    named = (
        Q(name__iregex=rf"\m{re.escape(word)}" + ("" if len(word) >= SHORTEST_BEGINNING else r"\M")) for word in words
    )
    return list(Person.objects.filter(*named).order_by("name", "pk").values_list("pk", flat=True)[:MOST_PEOPLE])


def _by_mail(text: str) -> list[UUID]:
    """Where the mail of ours belongs whose own number this is: what customers find under Messages, and quote."""
    number = text.strip().upper()
    if not MAIL_NUMBER.fullmatch(number):
        return []
    letters = list(Letter.objects.filter(reference=number).values_list("pk", flat=True))
    mails = OutgoingMail.objects.filter(account_message__in=letters)
    return list(mails.values_list("message__conversation", flat=True))
