"""Addresses of conversations, each page twice: in the account, and for guests by the secret of their link."""

from django.urls import path

from frontdesk.portal.views import after_solving, conversations, files
from frontdesk.portal.views.conversations import SeatView, as_guest, in_account

app_name = "conversations"

PAGES: dict[str, tuple[str, SeatView]] = {
    "": ("conversation", conversations.conversation),
    "news/": ("news", conversations.news),
    "ticket/": ("ticket", conversations.ticket),
    "solution/": ("solution", conversations.solution),
    "reopening/": ("reopening", conversations.reopening),
    "messages/<int:sequence>/": ("message", conversations.message),
}

urlpatterns = [
    path("", conversations.overview, name="list"),
    path("survey/<str:token>/", after_solving.survey, name="survey"),
    path("follow-up/<uuid:conversation_id>/<str:secret>/", after_solving.follow_up, name="follow_up"),
    path(
        "g/<uuid:conversation_id>/<str:secret>/files/<uuid:attachment_id>/", as_guest(files.of_guest), name="guest_file"
    ),
    *(
        path(f"g/<uuid:conversation_id>/<str:secret>/{end}", as_guest(view), name=f"guest_{name}")
        for end, (name, view) in PAGES.items()
    ),
    *(path(f"<uuid:conversation_id>/{end}", in_account(view), name=name) for end, (name, view) in PAGES.items()),
]
