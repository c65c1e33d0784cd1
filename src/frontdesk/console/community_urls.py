"""Addresses of the desk's pages about the community."""

from django.urls import path

from frontdesk.console.views import community_categories as categories
from frontdesk.console.views import community_log, community_queue

urlpatterns = [
    path("", community_queue.index, name="community"),
    path("bulk/", community_queue.bulk, name="community_bulk"),
    path("posts/<uuid:post_id>/<slug:do>/", community_queue.of_post, name="community_post"),
    path("topics/<uuid:topic_id>/<slug:do>/", community_queue.of_topic, name="community_topic"),
    path("members/<uuid:member_id>/", community_log.member, name="community_member"),
    path("members/<uuid:member_id>/<slug:do>/", community_queue.of_member, name="community_keep_member"),
    path("log/", community_log.log, name="community_log"),
    path("log/decisions.csv", community_log.log_csv, name="community_log_csv"),
    path("log/<uuid:decision_id>/undo/", community_log.undo, name="community_undo"),
    path("settings/", community_log.settings, name="community_settings"),
    path("categories/", categories.overview, name="community_categories"),
    path("categories/new/", categories.edit, name="community_category_new"),
    path("categories/<slug:slug>/", categories.edit, name="community_category"),
    path("categories/<slug:slug>/remove/", categories.remove, name="community_category_remove"),
]
