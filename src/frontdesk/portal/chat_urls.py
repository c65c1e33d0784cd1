"""Addresses of the chat, for customers and guests."""

from django.urls import path

from frontdesk.portal.views import chat, chat_box, chat_past, chat_room

app_name = "chat"
ROOM = "c/<uuid:chat_id>/"

urlpatterns = [
    path("", chat.page, name="page"),
    path("state/", chat.state, name="state"),
    path("forget/", chat.forget, name="forget"),
    path("embed.js", chat_box.embed, name="embed"),
    path("box/", chat_box.box, name="box"),
    path("ticket/<str:token>/", chat_room.ticket, name="ticket"),
    path(ROOM, chat_room.page, name="room"),
    path(ROOM + "piece/", chat_room.piece, name="piece"),
    path(ROOM + "news/", chat_room.news, name="news"),
    path(ROOM + "earlier/", chat_past.earlier, name="earlier"),
    path(ROOM + "say/", chat_room.say, name="say"),
    path(ROOM + "here/", chat_room.here, name="here"),
    path(ROOM + "left/", chat_room.left, name="left"),
    path(ROOM + "files/", chat_room.upload, name="upload"),
    path(ROOM + "files/<uuid:attachment_id>/", chat_past.file, name="file"),
    path(ROOM + "messages/<int:sequence>/", chat_past.message, name="message"),
    path(ROOM + "end/", chat_room.end, name="end"),
    path(ROOM + "by-mail/", chat_room.by_mail, name="by_mail"),
    path(ROOM + "transcript/", chat_room.transcript, name="transcript"),
    path(ROOM + "survey/", chat_room.survey, name="survey"),
]
