"""What keeping order holds about people (`core.personal`). Flags and decisions stand with the member's other rows."""

from frontdesk.core import personal


def enter() -> None:
    """Speak for these tables."""
    personal.about_nobody("which topics ask the same, and where posts stood before", "forum.MovedPost")
    personal.about_nobody("the vendor's rules", "forum.OrderSettings")
    personal.not_shown("digests and handles, for two days", "forum.Trace")
    personal.not_shown("counted from answers and likes, which are shown", "forum.Expertise")
    personal.not_shown("how moderators do their work", "forum.EditLock", "forum.Duplicate")
