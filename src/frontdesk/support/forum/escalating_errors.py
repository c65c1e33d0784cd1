"""Reasons that handing a topic over can be refused for."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core.reasons import Refusal, declare


class NobodyToAnswer(Refusal):
    """The topic's author has no account that the team could answer."""

    reason = declare(
        code="nobody_to_answer",
        status=409,
        title=_("There is nobody whom the team could answer"),
        detail=_("Whoever began this topic has no account here: it was imported, or the account was deleted."),
        remedy=_("Answer in the topic itself."),
    )
