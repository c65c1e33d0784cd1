"""Addresses of the licence pages."""

from django.urls import path

from frontdesk.licensing.views import codes, devices, hand_overs, licenses, offline, replacements

app_name = "licensing"
LICENSE = "licenses/<uuid:license_id>/"
DEVICE = LICENSE + "devices/<uuid:activation_id>/"

urlpatterns = [
    path(LICENSE, licenses.license_page, name="license"),
    path(LICENSE + "timeline/", licenses.timeline_page, name="timeline"),
    path(DEVICE, devices.device, name="device"),
    path(DEVICE + "rename/", devices.rename, name="rename_device"),
    path(DEVICE + "free/", devices.free, name="free_device"),
    path(LICENSE + "replace-code/", codes.replace, name="replace_code"),
    path(LICENSE + "replacements/<uuid:request_id>/", replacements.answer_at_home, name="waiting_device"),
    path(LICENSE + "hand-over/", hand_overs.offer, name="hand_over"),
    path(LICENSE + "hand-over/withdrawal/", hand_overs.withdraw, name="withdraw_hand_over"),
    path("hand-over/<str:token>/", hand_overs.accept, name="accept_hand_over"),
    path("replacements/<str:token>/", replacements.answer, name="replacement"),
    path("offline/", offline.request_page, name="offline"),
    path("offline/return/", offline.return_page, name="offline_return"),
]
