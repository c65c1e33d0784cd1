"""How often an article is read, by day: one statement a view, and none for machines and staff."""

import re

from django.db import connection
from django.http import HttpRequest

from frontdesk.core import clock
from frontdesk.support.helpcentre.models import Translation

MACHINES = re.compile(r"bot|crawl|spider|slurp|preview|monitor|curl|wget|python|headless", re.IGNORECASE)


def count(request: HttpRequest, translation: Translation) -> None:
    """Count a view of a person who is not on the staff, and who does not come from this very page."""
    is_staff = request.user.is_authenticated and request.user.is_staff
    if request.method != "GET" or is_staff or is_machine(request) or _is_here_already(request):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into helpcentre_articleviews (translation_id, day, count) values (%s, %s, 1)
               on conflict (translation_id, day) do update set count = helpcentre_articleviews.count + 1""",
            [translation.pk, clock.now().date()],
        )


def is_machine(request: HttpRequest) -> bool:
    """Whether no person reads. Browsers that fetch ahead count neither: nobody has seen the page yet."""
    agent = request.headers.get("User-Agent", "")
    return not agent or bool(MACHINES.search(agent)) or "prefetch" in request.headers.get("Sec-Purpose", "")


def _is_here_already(request: HttpRequest) -> bool:
    """After a vote, or in another language."""
    return request.headers.get("Referer", "").partition("?")[0].endswith(request.path)
