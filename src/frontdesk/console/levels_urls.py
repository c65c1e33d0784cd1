"""Addresses of service levels, the team, routing, rules, and the reports of customer service."""

from django.urls import path

from frontdesk.console.views import chat_reports, levels, routing, rules, support_reports, team

urlpatterns = [
    path("reports/support/", support_reports.figures, name="support_reports"),
    path("reports/support/chats/", chat_reports.figures, name="chat_reports"),
    path("reports/support/chats/figures.csv", chat_reports.figures_csv, name="chat_reports_csv"),
    path("reports/support/figures.csv", support_reports.figures_csv, name="support_reports_csv"),
    path("team/", team.overview, name="team"),
    path("team/mine/", team.set_mine, name="team_mine"),
    path("team/<uuid:person_id>/", team.change, name="team_member"),
    path("routing/", routing.overview, name="routing"),
    path("routing/teams/new/", routing.team, name="new_routing_team"),
    path("routing/teams/<uuid:team_id>/", routing.team, name="routing_team"),
    path("routing/teams/<uuid:team_id>/removal/", routing.delete_team, name="delete_team"),
    path("routing/skills/new/", routing.skill, name="new_skill"),
    path("routing/skills/of/<slug:slug>/", routing.skill, name="skill"),
    path("routing/skills/of/<slug:slug>/removal/", routing.delete_skill, name="delete_skill"),
    path("routing/areas/new/", routing.area, name="new_area"),
    path("routing/areas/<uuid:area_id>/", routing.area, name="area"),
    path("routing/areas/<uuid:area_id>/removal/", routing.delete_area, name="delete_area"),
    path("levels/", levels.overview, name="levels"),
    path("levels/new/", levels.new_level, name="new_level"),
    path("levels/<uuid:level_id>/", levels.change_level, name="level"),
    path("levels/<uuid:level_id>/promise/", levels.new_promise, name="new_promise"),
    path("levels/plans/<uuid:plan_id>/", levels.plan_level, name="plan_level"),
    path("calendars/new/", levels.new_calendar, name="new_calendar"),
    path("calendars/<uuid:calendar_id>/hours/", levels.new_hours, name="new_hours"),
    path("rules/", rules.overview, name="rules"),
    path("rules/new/", rules.write, name="new_rule"),
    path("rules/<uuid:rule_id>/", rules.show, name="rule"),
    path("rules/<uuid:rule_id>/change/", rules.write, name="change_rule"),
    path("rules/<uuid:rule_id>/switch/", rules.switch, name="switch_rule"),
    path("rules/<uuid:rule_id>/delete/", rules.delete, name="delete_rule"),
]
