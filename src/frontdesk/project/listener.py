"""The process that takes mail from the vendor's mail server, started by `serve` or by `frontdesk mail listen`."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

import django
from django.conf import settings


def listen() -> None:
    """Take mail until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frontdesk.project.settings")
    django.setup()
    with suppress(asyncio.CancelledError):
        asyncio.run(_listen())


async def _listen() -> None:
    from frontdesk.support.tickets.mail.incoming.sources import listener  # noqa: PLC0415 - once Django is set up

    given = settings.MAIL_LISTEN
    place = listener.Place(given["scheme"], given["host"], given["port"], given["path"])
    if place.path:
        Path(place.path).unlink(missing_ok=True)  # left by a process that was killed
    task = asyncio.ensure_future(listener.serve(place))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await task
