"""Addresses of the desk's pages for those who write articles."""

from django.urls import path

from frontdesk.console.views import help_articles, help_categories, help_search, help_writing

ARTICLE = "<uuid:article_id>/"
TEXT = ARTICLE + "<slug:language>/"

urlpatterns = [
    path("", help_articles.overview, name="articles"),
    path("search/", help_search.search, name="help_search"),
    path("new/", help_writing.new, name="article_new"),
    path("preview/", help_writing.preview, name="article_preview"),
    path("categories/", help_categories.overview, name="help_categories"),
    path("categories/new/", help_categories.edit, name="help_category_new"),
    path("categories/<slug:slug>/", help_categories.edit, name="help_category"),
    path(ARTICLE, help_articles.article, name="article"),
    path(ARTICLE + "place/", help_articles.place, name="article_place"),
    path(ARTICLE + "pictures/", help_articles.add_picture, name="article_pictures"),
    path(TEXT, help_writing.write, name="article_write"),
    path(TEXT + "revisions/", help_articles.revisions, name="article_revisions"),
    path(TEXT + "publish/", help_articles.publish, name="article_publish"),
    path(TEXT + "unpublish/", help_articles.unpublish, name="article_unpublish"),
    path(TEXT + "restore/", help_articles.restore, name="article_restore"),
]
