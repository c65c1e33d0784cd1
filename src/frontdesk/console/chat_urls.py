"""Addresses of the desk's pages about chats."""

from django.urls import path

from frontdesk.console.views import chat_deeds as deeds
from frontdesk.console.views import chat_settings, chats

ONE = "<uuid:conversation_id>/"

urlpatterns = [
    path("", chats.overview, name="chats"),
    path("strip/", chats.strip, name="chat_strip"),
    path("history/", chats.history, name="chat_history"),
    path("settings/", chat_settings.change, name="chat_settings"),
    path("next/", deeds.take_next, name="chat_next"),
    path(ONE + "taking/", deeds.take, name="chat_take"),
    path(ONE + "typing/", deeds.typing, name="chat_typing"),
    path(ONE + "handing-over/", deeds.hand_over, name="chat_hand_over"),
    path(ONE + "mail/", deeds.to_mail, name="chat_to_mail"),
    path(ONE + "end/", deeds.end, name="chat_end"),
    path(ONE + "transcript/", deeds.transcript, name="chat_transcript"),
]
