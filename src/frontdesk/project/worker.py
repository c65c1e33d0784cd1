"""The worker process: procrastinate's jobs, from the same database."""

import asyncio
import os

import django
import structlog
from procrastinate import App
from psycopg import OperationalError

log = structlog.get_logger(__name__)
STALLED_EVERY = 30  # seconds between looks for jobs whose worker was killed
STOP_SECONDS = 20


def work() -> None:
    """Run jobs until SIGTERM or SIGINT; jobs of a worker that was killed are put back within a minute."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frontdesk.project.settings")
    django.setup()
    asyncio.run(_work())


async def _work() -> None:
    from procrastinate.contrib.django import app  # noqa: PLC0415 - the app exists only once Django is set up

    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        rescue = asyncio.create_task(_put_stalled_jobs_back(worker_app))
        try:
            await worker_app.run_worker_async(
                concurrency=2, shutdown_graceful_timeout=STOP_SECONDS, delete_jobs="successful", listen_notify=True
            )
        finally:
            rescue.cancel()


async def _put_stalled_jobs_back(app: App) -> None:
    """A killed worker's jobs stay `doing` for ever otherwise; each job is safe to repeat."""
    while True:
        try:
            for job in await app.job_manager.get_stalled_jobs():
                log.warning("job_put_back", job=job.id, task=job.task_name)
                await app.job_manager.retry_job(job)
        except OperationalError as error:
            log.warning("stalled_jobs_not_seen", error=type(error).__name__)
        await asyncio.sleep(STALLED_EVERY)
