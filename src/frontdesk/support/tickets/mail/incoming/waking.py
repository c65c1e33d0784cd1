"""Asking the worker to process what has come in, once the transaction commits. A lost job loses nothing: see jobs."""

from procrastinate.contrib.django import app

NAME = "tickets.process_mail"


def wake() -> None:
    """Defer the job in this transaction; by name, since it stands above us."""
    app.configure_task(NAME).defer()
