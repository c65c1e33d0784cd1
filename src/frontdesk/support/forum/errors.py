"""Reasons that the community can refuse for."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from frontdesk.core import reasons
from frontdesk.core.reasons import Reason, Refusal
from frontdesk.support.forum import order_errors  # noqa: F401 - its reasons are found through this file


class TopicLocked(Refusal):
    """Nothing can be added to it, nor changed in it."""

    reason: ClassVar[Reason] = reasons.declare(
        code="topic_locked",
        status=409,
        title=_("This topic is locked"),
        detail=_("A moderator has locked it, so nothing can be added or changed; your text is kept."),
        remedy=_("Begin a new topic and point to this one, if your matter is another."),
    )


class PostRefused(Refusal):
    """A text that cannot become a post; `why` is one of `wording.WHY`."""

    reason: ClassVar[Reason] = reasons.declare(
        code="post_refused",
        status=422,
        title=_("We cannot take this text"),
        detail=_("It is empty, too long, or holds too many links, mentions, pictures or quotations."),
        remedy=_("Shorten it, or put what is long into several posts."),
        members=("why", "most"),
    )


class PostedAlready(Refusal):
    """What was sent from this form stands in the forum, and says something else."""

    reason: ClassVar[Reason] = reasons.declare(
        code="posted_already",
        status=409,
        title=_("This form was sent already"),
        detail=_("What you sent first has been posted. What you changed since then has not; your text is kept."),
        remedy=_("Look at what was posted, and edit it there if something is missing."),
        members=("post",),
    )


class PostEditedMeanwhile(Refusal):
    """Somebody saved another text since the form was opened."""

    reason: ClassVar[Reason] = reasons.declare(
        code="post_edited_meanwhile",
        status=409,
        title=_("Somebody has changed this post"),
        detail=_("A newer text was saved while you were writing; yours is not lost, it still stands in the form."),
        remedy=_("Look at the differences, and save again."),
        members=("edit_count",),
    )


class NameNotChosen(Refusal):
    """Nobody writes before they chose the name that others see."""

    reason: ClassVar[Reason] = reasons.declare(
        code="community_name_missing",
        status=409,
        title=_("Please choose the name that others see"),
        detail=_("What you write in the community is shown to everybody, under a name of your choice."),
        remedy=_("Choose it under “My profile” in the community; your address is never shown."),
    )


class NameRefused(Refusal):
    """A name or a handle that cannot be taken; `field` says which, `why` is one of `names.WHY`."""

    reason: ClassVar[Reason] = reasons.declare(
        code="community_name_refused",
        status=422,
        title=_("This name cannot be taken"),
        detail=_("It is taken, or looks like somebody else's."),
        remedy=_("Choose another one."),
        members=("field", "why"),
    )


class CommunityPictureRefused(Refusal):
    """A picture that cannot be taken."""

    reason: ClassVar[Reason] = reasons.declare(
        code="community_picture_refused",
        status=422,
        title=_("We cannot take this picture"),
        detail=_("It is larger than 10 MB, or not a picture that browsers show."),
        remedy=_("Use a PNG, JPEG, WebP or GIF file."),
    )


class CategoryInUse(Refusal):
    """A category with topics cannot be removed."""

    reason: ClassVar[Reason] = reasons.declare(
        code="community_category_in_use",
        status=409,
        title=_("There are topics in this category"),
        detail=_("A category can be removed once there is nothing in it."),
        remedy=_("Move its topics to another category first."),
    )
