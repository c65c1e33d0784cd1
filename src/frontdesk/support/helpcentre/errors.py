"""Reasons that the help centre can refuse for."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from frontdesk.core import reasons
from frontdesk.core.reasons import Reason, Refusal


class RevisionOutdated(Refusal):
    """Somebody saved a newer revision meanwhile."""

    reason: ClassVar[Reason] = reasons.declare(
        code="revision_outdated",
        status=409,
        title=_("Somebody has changed this article"),
        detail=_("A newer revision was saved while you were writing; yours is not lost, it still stands in the form."),
        remedy=_("Compare it with the newest revision, and save again."),
        members=("newest",),
    )


class PictureRefused(Refusal):
    """A picture that cannot be taken."""

    reason: ClassVar[Reason] = reasons.declare(
        code="picture_refused",
        status=422,
        title=_("We cannot take this picture"),
        detail=_("It is larger than 10 MB, or not a picture that browsers show."),
        remedy=_("Use a PNG, JPEG, WebP or GIF file."),
    )
