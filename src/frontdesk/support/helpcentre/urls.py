"""Addresses of the help centre; the overview above them is the portal's, which composes several apps."""

from django.urls import path

from frontdesk.support.helpcentre.views import articles, pictures, readers, search

app_name = "helpcentre"

urlpatterns = [
    path("articles/", articles.everything, name="articles"),
    path("articles/<str:slug>/", articles.article, name="article"),
    path("articles/<str:slug>/helpful/", readers.vote, name="vote"),
    path("search/", search.search, name="search"),
    path("pictures/<str:name>", pictures.picture, name="picture"),
    # Last: a category may be called almost anything (categories.RESERVED names what not).
    path("<str:slug>/", articles.category, name="category"),
]
