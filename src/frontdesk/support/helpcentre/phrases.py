"""What happens to articles, in words."""


def enter() -> None:
    """Say what the actions are called."""
