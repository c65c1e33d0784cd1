"""What the chat says by itself, to the customer and in their language. It stands in the conversation like all else."""

from django.utils import translation
from django.utils.translation import gettext_noop

from frontdesk.support.chat.models import Chat
from frontdesk.support.texts import language_for
from frontdesk.support.tickets.conversations import adding
from frontdesk.support.tickets.conversations.adding import Line
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.models import Channel, Conversation, Message

LINES = {
    "passed_over": gettext_noop("Somebody else is coming: your chat goes to the next colleague."),
    "handed_over": gettext_noop("You are being connected with a colleague, who can read what was said so far."),
    "ask": gettext_noop("Are you still there? Otherwise this chat ends in a few minutes. Nothing is lost by that."),
    "nobody": gettext_noop("Nobody is there any more to chat. We answer you by mail; you need not wait here."),
    "waited": gettext_noop("It takes longer than it should. We answer you by mail; you need not wait here."),
    "left": gettext_noop("You need not wait any longer. We answer you by mail."),
    "agent": gettext_noop("This takes us a while. We answer you by mail; you need not wait here."),
    "late": gettext_noop("This chat was over already. What you wrote goes on by mail: our answer comes there."),
    "merged": gettext_noop("This chat belongs to an earlier matter of yours, and goes on there by mail."),
}


def say(chat: Chat, which: str) -> Message:
    """Add one of these lines to the locked conversation. While it is a chat, nobody gets it by mail."""
    return say_in(chat.conversation, which)


def say_in(conversation: Conversation, which: str) -> Message:
    """The same, to another conversation than the chat's own."""
    with translation.override(language_for(conversation.language)):
        text = translation.gettext(LINES[which])
    line = Line(Message.Kind.AUTOMATIC, Channel.CHAT, Words(text), data={"chat": which})
    return adding.add(conversation, line)
