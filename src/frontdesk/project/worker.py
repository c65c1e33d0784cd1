"""The worker process: procrastinate's jobs, from the same database."""

import asyncio
import os

import django


def work() -> None:
    """Run jobs until SIGTERM or SIGINT. Jobs that a killed worker left behind are put back first and every minute."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frontdesk.project.settings")
    django.setup()
    asyncio.run(_work())


async def _work() -> None:
    from procrastinate.contrib.django import app  # noqa: PLC0415 - the app exists only once Django is set up

    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            concurrency=2, shutdown_graceful_timeout=20, delete_jobs="successful", listen_notify=True
        )


if __name__ == "__main__":
    work()
