"""Addresses of the community's pages about levels, experts and order."""

from django.urls import path

from frontdesk.support.forum.order_views import experts, keeping, levels, reporting

urlpatterns = [
    path("levels/", levels.levels, name="levels"),
    path("experts/", experts.overview, name="experts"),
    path("experts/mine/", experts.mine, name="my_expertise"),
    path("p/<uuid:post_id>/report/", reporting.report, name="report"),
    path("p/<uuid:post_id>/again/", reporting.ask_again, name="ask_again"),
    path("p/<uuid:post_id>/order/<slug:do>/", keeping.of_post, name="keep_post"),
    path("t/<int:number>/order/<slug:do>/", keeping.of_topic, name="keep_topic"),
    path("u/<str:handle>/report/", reporting.report_profile, name="report_profile"),
    path("u/<str:handle>/order/<slug:do>/", keeping.of_member, name="keep_member"),
]
