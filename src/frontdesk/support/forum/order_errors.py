"""Reasons that keeping order can refuse for."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.reasons import Refusal, declare


class NotAllowed(Refusal):
    """The member's level or what became of the topic does not allow it; `why` says so in a sentence."""

    reason = declare(
        code="community_not_allowed",
        status=403,
        title=_("You cannot do this in the community"),
        detail=_("Your level does not include it yet, or the topic takes no changes any more."),
        remedy=_("The page about levels says what each may do and how one gets there."),
        members=("why",),
    )


class PostingTooFast(TooManyAttempts):
    """More in a minute or a day than the member's level takes; `retry_after` gives seconds."""

    reason = declare(
        code="posting_too_fast",
        status=429,
        title=_("That was a lot in a short time"),
        detail=_("Each level takes so much in a minute and a day, so that nobody is flooded. Your text is kept."),
        remedy=_("Send it again a little later. With time in the community you may do more."),
        members=("retry_after",),
    )


class DecidedMeanwhile(Refusal):
    """Another moderator was here first; `by` names them, `what` says what they did."""

    reason = declare(
        code="decided_meanwhile",
        status=409,
        title=_("Somebody else has just decided this"),
        detail=_("Since you opened it, another moderator has looked at it. Nothing was changed by you."),
        remedy=_("Look at what was decided; you can still decide otherwise."),
        members=("by", "what"),
    )


class TopicsNotMergeable(Refusal):
    """These two topics cannot become one."""

    reason = declare(
        code="topics_not_mergeable",
        status=409,
        title=_("These topics cannot be merged"),
        detail=_("They are the same one, or one of them was merged already."),
        remedy=_("Choose another topic."),
    )


class NothingToSplit(Refusal):
    """No post was chosen, or none would stay."""

    reason = declare(
        code="nothing_to_split",
        status=409,
        title=_("These posts cannot become a topic of their own"),
        detail=_("None of them is in this topic any more, or nothing would be left of it."),
        remedy=_("Choose some of the posts, and leave at least one behind."),
    )


class FlaggedAlready(Refusal):
    """Each member flags a post once, and has one open report of a profile."""

    reason = declare(
        code="flagged_already",
        status=409,
        title=_("You have reported this already"),
        detail=_("A moderator looks at it, and you hear from us."),
        remedy=_("You need not do anything more."),
    )


class AskedAgainAlready(Refusal):
    """An author may ask once for another look."""

    reason = declare(
        code="asked_again_already",
        status=409,
        title=_("This post cannot be sent in again"),
        detail=_("A moderator has looked at it a second time, or it is not hidden any more."),
        remedy=_("Write a new post if you have something to add, or ask the team."),
    )
