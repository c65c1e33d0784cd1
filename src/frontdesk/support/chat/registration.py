"""What chats hold about people (`core.personal`). What is said belongs to conversations."""


def enter() -> None:
    """Speak for these tables."""
