"""Addresses of the inbox and of conversations."""

from django.urls import path

from frontdesk.console.views import conversation as talk
from frontdesk.console.views import conversation_changes as changes
from frontdesk.console.views import conversation_customer as customer
from frontdesk.console.views import conversation_joining as joining
from frontdesk.console.views import conversation_people as people
from frontdesk.console.views import conversation_publishing as publishing
from frontdesk.console.views import conversation_writing as writing
from frontdesk.console.views import inbox, inbox_bulk, live, ready_texts

ONE = "inbox/<uuid:conversation_id>/"

urlpatterns = [
    path("", inbox.home, name="home"),
    path("inbox/", inbox.index, name="inbox"),
    path("inbox/bulk/", inbox_bulk.bulk, name="inbox_bulk"),
    path("inbox/views/", inbox.save_view, name="inbox_save_view"),
    path("inbox/views/<uuid:view_id>/removal/", inbox.remove_view, name="inbox_remove_view"),
    path("ready/", ready_texts.overview, name="ready_texts"),
    path("ready/replies/new/", ready_texts.reply, name="new_reply"),
    path("ready/replies/<uuid:reply_id>/", ready_texts.reply, name="reply"),
    path("ready/replies/<uuid:reply_id>/removal/", ready_texts.delete_reply, name="delete_reply"),
    path("ready/macros/new/", ready_texts.macro, name="new_macro"),
    path("ready/macros/<uuid:macro_id>/", ready_texts.macro, name="macro"),
    path("ready/macros/<uuid:macro_id>/removal/", ready_texts.delete_macro, name="delete_macro"),
    path("inbox/ticket/", live.desk, name="inbox_ticket"),
    path(ONE, talk.show, name="conversation"),
    path(ONE + "ticket/", live.conversation, name="conversation_ticket"),
    path(ONE + "news/", talk.news, name="conversation_news"),
    path(ONE + "promises/", talk.clocks, name="conversation_clocks"),
    path(ONE + "replies/", talk.ready_replies, name="conversation_replies"),
    path(ONE + "messages/", writing.write, name="conversation_write"),
    path(ONE + "messages/<int:sequence>/redaction/", people.redact, name="conversation_redact"),
    path(ONE + "copies/", people.add_copies, name="conversation_copies"),
    path(ONE + "copies/<int:participant_id>/removal/", people.remove_copy, name="conversation_remove_copy"),
    path(ONE + "draft/", writing.save_draft, name="conversation_draft"),
    path(ONE + "files/", writing.upload, name="conversation_upload"),
    path(ONE + "turn/", changes.turn, name="conversation_turn"),
    path(ONE + "properties/", changes.properties, name="conversation_properties"),
    path(ONE + "macros/<uuid:macro_id>/", changes.macro, name="conversation_macro"),
    path(ONE + "put-off/", changes.snooze, name="conversation_snooze"),
    path(ONE + "reminder/", changes.remind, name="conversation_remind"),
    path(ONE + "merge/", joining.merge, name="conversation_merge"),
    path(ONE + "split/", joining.split, name="conversation_split"),
    path(ONE + "community/", publishing.publish, name="conversation_publish"),
    path(ONE + "article/", joining.make_article, name="conversation_article"),
    path(ONE + "customer/", customer.customer, name="conversation_customer"),
    path(ONE + "devices/<uuid:activation_id>/free/", customer.free_seat, name="conversation_free_seat"),
    path(ONE + "licenses/<uuid:license_id>/code/", customer.replace_code, name="conversation_replace_code"),
    path(ONE + "licenses/<uuid:license_id>/days/", customer.extend, name="conversation_extend"),
    path(ONE + "account/unlock/", customer.unlock, name="conversation_unlock"),
]
