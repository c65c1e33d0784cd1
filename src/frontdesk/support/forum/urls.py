"""Addresses of the community's pages."""

from django.urls import include, path

from frontdesk.support.forum.notifying.urls import urlpatterns as of_news
from frontdesk.support.forum.views import acts, editing, feeds, pictures, profiles, search, start, topics, writing

app_name = "forum"
TOPIC = "t/<int:number>/"
POST = "p/<uuid:post_id>/"

urlpatterns = [
    path("", include("frontdesk.support.forum.order_urls")),
    *of_news,
    path("", start.start, name="start"),
    path("latest/", start.topics, {"tab": "latest"}, name="latest"),
    path("unanswered/", start.topics, {"tab": "unanswered"}, name="unanswered"),
    path("solved/", start.topics, {"tab": "solved"}, name="solved"),
    path("mine/", start.topics, {"tab": "mine"}, name="mine"),
    path("search/", search.search, name="search"),
    path("feed.atom", feeds.latest, name="feed"),
    path("new/", writing.begin, name="begin"),
    path("new/similar/", writing.similar, name="similar"),
    path("preview/", writing.preview, name="preview"),
    path("me/", profiles.me, name="me"),
    path("u/<str:handle>/", profiles.member, name="member"),
    path("c/<slug:slug>/", start.category, name="category"),
    path("c/<slug:slug>/feed.atom", feeds.category, name="category_feed"),
    path("c/<slug:slug>/follow/", acts.follow_category, name="follow_category"),
    path(TOPIC, topics.topic, name="topic_number"),
    path(TOPIC + "unread/", topics.unread, name="unread"),
    path(TOPIC + "newest/", topics.newest, name="newest"),
    path(TOPIC + "reply/", writing.reply, name="reply"),
    path(TOPIC + "follow/", acts.follow_topic, name="follow_topic"),
    path(TOPIC + "unaccept/", acts.unaccept, name="unaccept"),
    path(TOPIC + "<slug:slug>/", topics.topic, name="topic"),
    path(POST, topics.post, name="post"),
    path(POST + "quote/", topics.quote, name="quote"),
    path(POST + "edit/", editing.edit, name="edit"),
    path(POST + "history/", editing.revisions, name="history"),
    path(POST + "delete/", writing.ask_delete, name="ask_delete"),
    path(POST + "delete/now/", writing.delete, name="delete"),
    path(POST + "like/", acts.like, name="like"),
    path(POST + "accept/", acts.accept, name="accept"),
    path("pictures/", pictures.add, name="pictures"),
    path("pictures/<str:name>", pictures.picture, name="picture"),
]
