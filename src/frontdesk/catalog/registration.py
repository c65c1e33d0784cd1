"""What the catalogue holds about people (`core.personal`): nothing."""

from frontdesk.core import personal


def enter() -> None:
    """Speak for these tables."""
    models = ("Product", "Plan", "PlanVersion", "Price", "Release", "ReleaseFile")
    personal.about_nobody("what the vendor sells", *(f"catalog.{model}" for model in models))
