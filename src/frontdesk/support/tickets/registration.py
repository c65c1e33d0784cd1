"""What conversations hold about people (`core.personal`)."""


def enter() -> None:
    """Speak for these tables."""
