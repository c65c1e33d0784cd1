"""The address that our questions after solving carry for whoever wants none."""

from django.urls import path

from frontdesk.support.tickets.mail.outgoing import views

app_name = "quiet"

urlpatterns = [path("conversations/quiet/<int:participant_id>/<str:secret>/", views.quiet, name="quiet")]
