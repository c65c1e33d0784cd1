"""What holds posts back: limits by level, and reasons to wait for a look."""

from frontdesk.support.forum.holding.limits import LIMITS, Limits, count, count_decision, count_letter, limits_of
from frontdesk.support.forum.holding.waiting import WHY, is_fit_for_profile, reason_to_wait, words_for

__all__ = [
    "LIMITS",
    "WHY",
    "Limits",
    "count",
    "count_decision",
    "count_letter",
    "is_fit_for_profile",
    "limits_of",
    "reason_to_wait",
    "words_for",
]
