"""After solving: the survey in the mail, asking again after three days."""

from frontdesk.support.tickets.models import Conversation, Survey


def begin(conversation: Conversation) -> None:
    """A conversation was solved: write the survey's and follow-up's rows and the mail with the question."""
    raise NotImplementedError


def drop(conversation: Conversation) -> None:
    """It goes on: no follow-up."""
    raise NotImplementedError


def answer(*, token: str, score: int, words: str | None = None) -> Survey:
    """The customer's answer; it may be changed for a week. Raises LinkNoLongerValid."""
    raise NotImplementedError


def send_due(*, limit: int = 1_000) -> int:
    """Send the follow-ups that are due; returns how many. The worker's sweep."""
    raise NotImplementedError
