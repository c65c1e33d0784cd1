"""One port, two doors: `/api/` and `/live/` go to the gateway, everything else to Django through a2wsgi's threads.

`serve --role web` or `--role gateway` opens one of them alone (FRONTDESK_ROLE).
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frontdesk.project.settings")

from frontdesk.project.wsgi import application as pages

from django.conf import settings  # isort: skip
from frontdesk.gateway.app import app as gateway  # isort: skip
from frontdesk.project.doors import Doors  # isort: skip
from frontdesk.project.metrics import metrics_door  # isort: skip
from frontdesk.support.tickets.mail.incoming.sources import webhooks  # isort: skip

app = Doors(
    pages=pages,
    gateway=gateway,
    metrics=metrics_door,
    role=os.environ.get("FRONTDESK_ROLE", "all"),
    hsts_seconds=settings.SECURE_HSTS_SECONDS,
    larger=webhooks.larger_bodies(),
)
