"""What the inbox's search holds of a conversation, kept by triggers."""

import pytest
from django.db import connection

from frontdesk.accounts.models import Person
from frontdesk.support.tickets.models import Conversation, Message
from tests.support import desk

pytestmark = pytest.mark.django_db


def document_of(conversation: Conversation) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select document::text from tickets_conversationsearch where conversation_id = %s", [conversation.pk]
        )
        return [str(row[0]) for row in cursor.fetchall()]


def test_what_is_said_is_found_and_what_is_erased_is_not(ada: Person) -> None:
    conversation = desk.conversation(ada)
    said = desk.writes(conversation, "The turquoise umbrella")
    assert "'turquoise'" in document_of(conversation)[0]
    Message.objects.filter(pk=said.pk).update(text="")
    assert "'turquoise'" not in document_of(conversation)[0]


def test_a_deleted_conversation_leaves_no_words_behind(ada: Person) -> None:
    conversation = desk.conversation(ada)
    desk.writes(conversation)
    Conversation.objects.filter(pk=conversation.pk).delete()
    connection.check_constraints()
    assert document_of(conversation) == []
