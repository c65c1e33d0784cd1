"""Why a mail got its verdict: the codes in `IncomingMail.detail`, and what they mean in words.

A code may be followed by ": " and what it was recognised by, never by words of the mail itself.
"""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

TOO_LARGE = "too_large"
UNREAD_POST = "unread_post"
FOR_COMMUNITY = "for_community"
DETAILS: dict[str, str | Promise] = {
    TOO_LARGE: _("It is larger than we take; only its beginning was kept."),
    UNREAD_POST: _("The mail provider posted it in a form that we cannot read; it is kept as it was posted."),
    "timed_out": _("Reading it took too long."),
    "memory": _("Reading it took too much memory."),
    "crashed": _("The program that read it ended."),
    "no_mail": _("It is no mail, but some other file."),
    "error": _("It could not be read."),
    "failed": _("It was read, but could not be entered; it can be replayed."),
    "from_us": _("The sender's address is ours."),
    "our_id": _("It is a mail that we sent."),
    "again": _("The same mail has come before."),
    "blocked": _("The sender is blocked."),
    "nothing": _("There is neither text nor a file in it."),
    "only_a_quote": _("There is nothing in it but what it quotes."),
    "only_a_subject": _("There is nothing in it but a subject."),
    "delivery-status": _("A delivery report by the standard."),
    "known form": _("A delivery report of a known form."),
    "x-failed-recipients": _("It names the addresses that failed."),
    "sender and words": _("Its sender and its words say so."),
    "words": _("Its words say so, and it names a mail of ours."),
    "delayed": _("A warning that delivery takes longer; it is still tried."),
    "delivered": _("A notice that a mail was delivered."),
    "receipt": _("A notice that a mail was read."),
    "complaint": _("A complaint that a mail of ours is unwanted."),
    "automatic": _("A program wrote it."),
    "list": _("It came through a mailing list."),
    "no_sender": _("It names no sender, or several."),
    "other_text": _("A mail with the same number but other words has come before."),
    "encrypted": _("It is encrypted, and we cannot read it."),
    "looks_returned": _("It looks like a delivery report, but is about no mail of ours that we know of."),
    "marked_spam": _("A filter on its way marked it as spam."),
    "looks_automatic": _("Its subject is that of an automatic reply."),
    "unauthenticated": _("Nothing proves who sent it."),
    "failed_authentication": _("The sender's domain says that it is not from there."),
    "stranger_with_token": _("It answers a conversation in which its sender takes no part."),
    "without_token": _("It answers a conversation, but nothing proves who sent it."),
    "proved": _("The sender's domain vouches for it."),
    "token": _("It was sent to a conversation's own address by somebody who takes part."),
    "reference": _("It answers a mail of ours, and the sender's domain vouches for it."),
    "closed": _("It answers a conversation that is closed."),
    "posted": _("It became a post in the community."),
    "posted_waiting": _("It became a post in the community that waits for a look."),
    FOR_COMMUNITY: _(
        "It answers a mail of the community, but came to our own address: it may be meant for everybody or only for us."
    ),
    "not_a_member": _("It answers the community, but its sender is not whom the address was given to."),
    "topic_closed": _("The topic takes no more replies."),
    "topic_gone": _("The topic is not there any more, or its sender may not read it."),
    "mails_stopped": _("It asked for no more mails about its topic, which was done. Nothing was posted."),
    "post_refused": _("The community's rules did not allow it."),
    "accepted": _("Staff took it."),
    "dismissed": _("Staff put it aside."),
}


# What could not be read as it should have been, of a mail that was read.
REPORTS: dict[str, str | Promise] = {
    "encrypted": _("It is encrypted, in whole or in part: what it says cannot be read here."),
    "broken_structure": _("It is badly made, so parts of it may be missing or out of place."),
    "too_many_parts": _("It has more parts than are read; the last ones are missing."),
    "nested_too_deeply": _("Its parts lie too deep in each other; what lay deepest is shown as plain text."),
    "too_many_files": _("It has more files than are taken; the last ones are missing."),
    "cut_off": _("Its text is longer than is kept; the end is missing."),
}


def reported(reports: Sequence[str]) -> list[str]:
    """What could not be read, in words for people."""
    return [str(REPORTS[each]) for each in reports if each in REPORTS]


def in_words(detail: str) -> str:
    """A detail for people: the sentence, and what it was recognised by."""
    code, _colon, extra = detail.partition(": ")
    sentence = str(DETAILS.get(code, detail))
    return gettext("%(sentence)s (%(extra)s)") % {"sentence": sentence, "extra": extra} if extra else sentence
