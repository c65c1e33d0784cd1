"""In which language a mail is answered: as the account says, as the mail says, as its words say."""

import pytest
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.support.tickets import phrases
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.conversations.opening import Opening, Requester, open_conversation
from frontdesk.support.tickets.conversations.saying import Words
from frontdesk.support.tickets.mail.incoming.reading import languages
from frontdesk.support.tickets.mail.incoming.reading.reader import read
from frontdesk.support.tickets.models import Channel, Conversation
from tests.support import desk, levels
from tests.support.letters import letter
from tests.support.mailbox import body, sent

GERMAN = "Guten Tag, mein Schlüssel funktioniert nicht und ich kann die App nicht öffnen. Bitte helfen Sie mir!"
ENGLISH = "The key is not the problem, it is my computer. I have the wrong one."


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", GERMAN),
        ("en", "Hello, my key does not work and I can't open the app. What can I do?"),
        ("fr", "Bonjour, je ne peux pas ouvrir l'application avec ma clé. Merci pour votre aide."),
        ("es", "Hola, no puedo abrir el programa con mi clave. Gracias por su ayuda."),
        ("", "Error 0x80070005"),
        ("", "H7K-2QX-9MA"),
        ("", ""),
        ("", "der die das und the and you is"),
    ],
)
def test_the_most_frequent_words_tell(language: str, text: str) -> None:
    assert languages.guess(text) == language


def test_what_the_mail_says_goes_before_a_guess_and_a_quote_says_nothing() -> None:
    assert read(letter(GERMAN)).language == "de"
    assert read(letter(GERMAN, Content_Language="en-GB")).language == "en"
    assert read(letter(f"{ENGLISH}\n\n> {GERMAN}\n> {GERMAN}")).language == "en"


@pytest.mark.django_db
def test_the_account_goes_first(ada: Person) -> None:
    ada.language = "de"
    ada.save(update_fields=["language"])
    assert desk.conversation(ada).language == "de"


SPANISH = "Hola, no puedo abrir el programa con mi clave. Gracias por su ayuda."


@pytest.mark.django_db
@pytest.mark.parametrize(("said", "spoken"), [("es", "en"), ("de-at", "de"), ("en", "en"), ("", "en")])
def test_a_mail_is_in_one_language_of_ours_whoever_causes_it(said: str, spoken: str, kim: Person) -> None:
    """Dates in one and words in another would be nobody's; who is asked for by language is another matter."""
    levels.level(first=60, default=True)
    asks = Requester("carla@example.org", language=said)
    opening = Opening(asks, "Mi clave", Words(SPANISH), Channel.MAIL)
    with translation.override("de" if spoken == "en" else "en"):  # an agent's or a rule's
        talk = open_conversation(actor=desk.SYSTEM, opening=opening)
        Conversation.objects.filter(pk=talk.pk).update(language=said)
        desk.answers(kim, Conversation.objects.get(pk=talk.pk))
    receipt, answer = sent()
    if not said:
        assert "Reference: " in body(answer)
        return
    assert talk.language == said
    assert talk.first_due_at is not None
    with translation.override(spoken):
        assert date_format(talk.first_due_at, "DATETIME_FORMAT") in body(receipt)
        assert gettext("Reference") in body(answer)
        assert gettext("%(agent)s at %(vendor)s") % {"agent": "Kim Reyes", "vendor": "Halcyon"} in str(answer["From"])


@pytest.mark.django_db
def test_an_agent_says_which_it_is(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    before = talk.language
    by = Actor.staff(kim.pk, "test")
    assert before != "de"
    assert changing.set_language(actor=by, conversation=talk, language="de")
    assert not changing.set_language(actor=by, conversation=talk, language="de")
    assert Conversation.objects.get(pk=talk.pk).language == "de"
    line = phrases.event_line(levels.lines(talk, "language").get())
    assert line == "Kim Reyes said that the customer's language is German"
    with pytest.raises(ValueError, match="no language of ours"):
        changing.set_language(actor=by, conversation=talk, language="tlh")
