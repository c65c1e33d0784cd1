"""Switching the questions off that follow a solution, from the mail that asked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from frontdesk.support.tickets import following, links


@csrf_exempt  # mail programs post here by themselves (RFC 8058): the secret in the address is what allows it
@require_http_methods(["GET", "HEAD", "POST"])
def quiet(request: HttpRequest, participant_id: int, secret: str) -> HttpResponse:
    """A page with a button, since mail scanners open every link; posting switches the questions off."""
    participant = links.by_quiet(participant_id, secret)
    if request.method == "POST":
        following.hush(participant)
    is_done = request.method == "POST"
    return render(request, "tickets/quiet.html", {"address": participant.address, "is_done": is_done})
