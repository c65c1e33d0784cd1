"""Reasons that conversations can be refused for."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from frontdesk.core import reasons
from frontdesk.core.reasons import Reason, Refusal


class ConversationUnknown(Refusal):
    """There is none, or it is somebody else's: both look alike."""

    reason: ClassVar[Reason] = reasons.declare(
        code="conversation_unknown",
        status=404,
        title=_("We could not find this conversation"),
        detail=_("There is no such conversation in your account."),
        remedy=_("Check the address, or sign in with the address that you wrote from."),
    )


class ConversationClosed(Refusal):
    """It takes no more replies."""

    reason: ClassVar[Reason] = reasons.declare(
        code="conversation_closed",
        status=409,
        title=_("This conversation is closed"),
        detail=_("It was solved more than 14 days ago, so nothing can be added to it."),
        remedy=_("Start a new one: it will point back to this one, so that you need not explain everything again."),
    )


class SomebodyAnswered(Refusal):
    """Between reading and sending, somebody else has written."""

    reason: ClassVar[Reason] = reasons.declare(
        code="somebody_answered",
        status=409,
        title=_("There is something new in this conversation"),
        detail=_("Somebody has written since you opened it; your text is kept."),
        remedy=_("Read what is new, then send your answer again or change it."),
        members=("last_sequence",),
    )


class SentAlready(Refusal):
    """What was sent from this form stands in the conversation, and says something else."""

    reason: ClassVar[Reason] = reasons.declare(
        code="sent_already",
        status=409,
        title=_("This form was sent already"),
        detail=_("What you sent first has arrived. What you changed since then has not; your text is kept."),
        remedy=_("Look at what arrived, then send what is missing: it becomes a message of its own."),
        members=("sequence",),
    )


class AttachmentRefused(Refusal):
    """A file that we do not take."""

    reason: ClassVar[Reason] = reasons.declare(
        code="attachment_refused",
        status=422,
        title=_("We cannot take this file"),
        detail=_("It is too large, or of a kind that could harm whoever opens it."),
        remedy=_("Send a picture, a PDF or a text file of at most 10 MB, or describe what it shows."),
        members=("name", "why"),
    )


class FilesLeftOut(Refusal):
    """A message would go without a file that was chosen for it."""

    reason: ClassVar[Reason] = reasons.declare(
        code="files_left_out",
        status=422,
        title=_("Not all of the files can go along"),
        detail=_("A message takes 20 files of 25 MB together, and files that nobody sends are deleted after a day."),
        remedy=_("Look which files are still there, add what is missing, and send the rest in a second message."),
    )


class LinkNoLongerValid(Refusal):
    """The mailed link was used or is too old."""

    reason: ClassVar[Reason] = reasons.declare(
        code="contact_link_invalid",
        status=410,
        title=_("This link no longer works"),
        detail=_("Links from our mails work for two days, and each only once."),
        remedy=_("Write to us again with the form, or answer one of our mails."),
    )


class NotMergeable(Refusal):
    """These two cannot become one."""

    reason: ClassVar[Reason] = reasons.declare(
        code="not_mergeable",
        status=409,
        title=_("These conversations cannot be merged"),
        detail=_("They are the same one, one of them was merged already, or they are of different customers."),
        remedy=_("Choose another conversation of the same customer."),
    )


class StepImpossible(Refusal):
    """A step of a macro or a rule cannot be done any more: what it names is gone."""

    reason: ClassVar[Reason] = reasons.declare(
        code="step_impossible",
        status=409,
        title=_("This macro cannot be run"),
        detail=_("One of its steps names something that is not there any more, so none of them was done."),
        remedy=_("Ask a manager to correct it under macros or rules."),
        members=("why",),
    )


class RuleUnfit(Refusal):
    """A rule says something that nobody can do."""

    reason: ClassVar[Reason] = reasons.declare(
        code="rule_unfit",
        status=422,
        title=_("This rule cannot be saved like this"),
        detail=_("It names something that is not there."),
        remedy=_("Correct what is named below it."),
        members=("why",),
    )


class RuleNotTried(Refusal):
    """Nobody has seen yet what the rule would have done."""

    reason: ClassVar[Reason] = reasons.declare(
        code="rule_not_tried",
        status=409,
        title=_("Look first at what this rule would have done"),
        detail=_("It was changed since you looked, or that was more than an hour ago."),
        remedy=_("Look at last month's conversations below, then switch it on."),
    )


class StillNamed(Refusal):
    """Rules or macros name what is to be deleted."""

    reason: ClassVar[Reason] = reasons.declare(
        code="still_named",
        status=409,
        title=_("Rules or macros still name it"),
        detail=_("Without it they could not run any more."),
        remedy=_("Change or delete them first."),
        members=("where",),
    )


class MailUnreadable(Refusal):
    """A received mail that cannot become a message."""

    reason: ClassVar[Reason] = reasons.declare(
        code="mail_unreadable",
        status=409,
        title=_("This mail cannot be taken"),
        detail=_("It names no sender, or there is nothing in it that can be read."),
        remedy=_("Download it as it came, and begin a conversation with the customer yourself."),
    )
