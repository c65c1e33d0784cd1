"""Reasons that chats can be refused for."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from frontdesk.core import reasons
from frontdesk.core.reasons import Reason, Refusal


class NobodyThere(Refusal):
    """The chat is closed, or nobody is at the desk."""

    reason: ClassVar[Reason] = reasons.declare(
        code="chat_nobody_there",
        status=409,
        title=_("Nobody is there to chat right now"),
        detail=_("Our chat is closed, or everybody has just gone."),
        remedy=_("Send us your question with the form: we answer by mail."),
    )


class ChatUnknown(Refusal):
    """There is none, or it is somebody else's: both look alike."""

    reason: ClassVar[Reason] = reasons.declare(
        code="chat_unknown",
        status=404,
        title=_("We could not find this chat"),
        detail=_("There is no such chat of yours."),
        remedy=_("Begin a new one, or sign in with the account in which you began it."),
    )


class ChatTaken(Refusal):
    """A colleague was faster; `by` is their name."""

    reason: ClassVar[Reason] = reasons.declare(
        code="chat_taken",
        status=409,
        title=_("A colleague has this chat"),
        detail=_("Somebody took it a moment ago."),
        remedy=_("Take the next one, or ask your colleague to hand it over."),
        members=("by",),
    )


class ChatOver(Refusal):
    """It is no chat any more."""

    reason: ClassVar[Reason] = reasons.declare(
        code="chat_over",
        status=409,
        title=_("This chat is over"),
        detail=_("It has ended, or goes on by mail."),
        remedy=_("Answer in the conversation: your answer is mailed."),
    )


class ColleagueAway(Refusal):
    """Whom the chat was to be handed over to is not there; `name` says who."""

    reason: ClassVar[Reason] = reasons.declare(
        code="chat_colleague_away",
        status=409,
        title=_("They are not there right now"),
        detail=_("The customer would wait for somebody who does not come."),
        remedy=_("Choose somebody who is online, or let the chat go on by mail."),
        members=("name",),
    )


class TextTooLong(Refusal):
    """More than anybody reads in a chat; `most` is the limit in bytes."""

    reason: ClassVar[Reason] = reasons.declare(
        code="chat_text_too_long",
        status=413,
        title=_("This is too long for a chat"),
        detail=_("A message has at most 100,000 bytes."),
        remedy=_("Send it as a text file, or in several messages."),
        members=("most",),
    )


class NothingSaid(Refusal):
    """There is nothing to be seen in it."""

    reason: ClassVar[Reason] = reasons.declare(
        code="chat_nothing_said",
        status=422,
        title=_("There is nothing in this message"),
        detail=_("It has no signs that can be seen, and no file."),
        remedy=_("Write something, or choose a file."),
    )


class SettingsUnfit(Refusal):
    """The manager's settings cannot work; `field` names the one, `why` says what is wrong."""

    reason: ClassVar[Reason] = reasons.declare(
        code="chat_settings_unfit",
        status=422,
        title=_("The chat cannot be set like this"),
        detail=_("One of the values cannot work."),
        remedy=_("Correct what is named, and save again."),
        members=("field", "why"),
    )


class CodeWrong(Refusal):
    """The code is not the one that was mailed, or its time is over."""

    reason: ClassVar[Reason] = reasons.declare(
        code="chat_code_wrong",
        status=422,
        title=_("This code does not fit"),
        detail=_("It is not the one in our newest mail, it was tried too often, or ten minutes have passed."),
        remedy=_("Look for the newest mail from us, or have a new code sent."),
    )
