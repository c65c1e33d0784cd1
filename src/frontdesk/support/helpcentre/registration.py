"""What the help centre holds about people (`core.personal`)."""


def enter() -> None:
    """Speak for these tables."""
