"""What the forum holds about people (`core.personal`)."""


def enter() -> None:
    """Speak for these tables."""
