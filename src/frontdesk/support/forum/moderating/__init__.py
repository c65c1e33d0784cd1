"""What moderators do: each decision has a reason, which is shown to whom it concerns, a row in the log, the audit.

Locks are taken in one order: topics by their ids, then members by theirs.
"""

from frontdesk.support.forum.moderating.deciding import latest, mark
from frontdesk.support.forum.moderating.joining import first_moved, merge, split
from frontdesk.support.forum.moderating.people import ban, set_level, silence, unsilence
from frontdesk.support.forum.moderating.posts import (
    approve,
    black_out,
    close_edits,
    close_reports,
    hide,
    keep,
    mark_official,
    show,
)
from frontdesk.support.forum.moderating.profiles import clear_profile, close_profile_reports, restore_profile
from frontdesk.support.forum.moderating.topics import lock, mark_duplicate, move, pin, rename, unmark_duplicate
from frontdesk.support.forum.moderating.undoing import undo

__all__ = [
    "approve",
    "ban",
    "black_out",
    "clear_profile",
    "close_edits",
    "close_profile_reports",
    "close_reports",
    "first_moved",
    "hide",
    "keep",
    "latest",
    "lock",
    "mark",
    "mark_duplicate",
    "mark_official",
    "merge",
    "move",
    "pin",
    "rename",
    "restore_profile",
    "set_level",
    "show",
    "silence",
    "split",
    "undo",
    "unmark_duplicate",
    "unsilence",
]
