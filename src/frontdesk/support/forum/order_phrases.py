"""What moderators decide, in words: in the log of decisions, in the history, and in the mails to whom it concerns."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from frontdesk.core import history
from frontdesk.core.history import Text, Topic


@dataclass(frozen=True)
class Letter:
    """The mail about a decision: its subject and its first sentence."""

    subject: Text
    text: Text


DECISIONS: dict[str, Text] = {
    "post.approved": _("A post was approved"),
    "post.kept": _("A reported post was kept"),
    "post.held": _("A post was hidden until somebody looks"),
    "post.hidden": _("A post was hidden"),
    "post.shown": _("A post was shown again"),
    "post.blacked_out": _("A post was deleted for good"),
    "post.reports_closed": _("Reports of a post that is not shown were closed"),
    "post.official": _("A post was marked as the team's answer"),
    "post.not_official": _("A post was no longer marked as the team's answer"),
    "post.rewritten": _("A post was edited by somebody else than its author"),
    "post.edits_closed": _("Editing of a post was closed"),
    "post.edits_opened": _("Editing of a post was opened"),
    "topic.locked": _("A topic was locked"),
    "topic.unlocked": _("A topic was opened again"),
    "topic.pinned": _("A topic was pinned"),
    "topic.unpinned": _("A topic was no longer pinned"),
    "topic.moved": _("A topic was moved"),
    "topic.renamed": _("A topic was given another title"),
    "topic.merged": _("A topic was merged into another one"),
    "topic.split": _("Posts were split off to a topic of their own"),
    "topic.duplicate": _("A topic was marked as a duplicate"),
    "topic.not_duplicate": _("A topic was no longer marked as a duplicate"),
    "topic.escalated": _("A topic was handed to the team"),
    "member.silenced": _("A member was silenced"),
    "member.unsilenced": _("A member may write again"),
    "member.banned": _("A member was banned from writing"),
    "member.unbanned": _("A ban was lifted"),
    "member.level": _("A member's level was set"),
    "member.cleared": _("A name, handle or About was taken away"),
    "member.restored": _("A name, handle or About was given back"),
    "member.reports_closed": _("Reports of a profile were closed"),
}
OTHERS: dict[str, Text] = {
    "post.flagged": _("A post was reported"),
    "member.flagged": _("A profile was reported"),
    "post.asked_again": _("Another look at a hidden post was asked for"),
    "member.advanced": _("A new level was reached in the community"),
    "member.lowered": _("The level in the community went down"),
    "community.rules": _("The rules of the community were changed"),
    "member.expertise": _("Whether to stand among the experts was chosen"),
}
# What a profile may have been cleared for.
PROFILE_RULES: dict[str, Text] = {
    "rude": _("Names and profiles insult and hurt nobody."),
    "spam": _("Names and profiles advertise nothing."),
    "passes": _("Nobody passes for somebody else, or for the team."),
    "private": _("Nobody shows what is private."),
    "other": _("Names and profiles keep to the law and to good manners."),
}
TEAMS_PROFILE = _("This is a profile of the team.")
LETTERS: dict[str, Letter] = {
    "post.approved": Letter(
        _("Your post in the community is shown now"), _("We have looked at your post. Everybody can read it now.")
    ),
    "post.held": Letter(
        _("Your post in the community waits for a look"),
        _("Members have reported your post. Until a moderator has looked at it, only you and the moderators see it."),
    ),
    "post.hidden": Letter(
        _("Your post in the community was hidden"),
        _("A moderator has hidden your post; only you and the moderators see it. You can change it and ask once for "
          "another look."),
    ),
    "post.shown": Letter(
        _("Your post in the community is shown again"), _("A moderator has shown your post again. Thank you.")
    ),
    "post.blacked_out": Letter(
        _("Your post in the community was deleted"), _("A moderator has deleted the words of your post for good.")
    ),
    "post.rewritten": Letter(
        _("Your post in the community was edited"),
        _("A moderator has changed what your post says. What you wrote stays in its history."),
    ),
    "post.edits_closed": Letter(
        _("Your post in the community cannot be edited any more"),
        _("Only moderators edit this post of yours from now on. You can still answer in its topic."),
    ),
    "post.edits_opened": Letter(
        _("You can edit your post in the community again"), _("You can edit this post of yours again.")
    ),
    "topic.locked": Letter(
        _("Your topic in the community was locked"), _("A moderator has locked your topic: nothing can be added to it.")
    ),
    "topic.unlocked": Letter(
        _("Your topic in the community is open again"), _("A moderator has opened your topic again.")
    ),
    "topic.moved": Letter(
        _("Your topic in the community was moved"), _("Your topic now stands in the category where it belongs.")
    ),
    "topic.renamed": Letter(
        _("Your topic in the community has another title"), _("Your topic was given a title that says more.")
    ),
    "topic.merged": Letter(
        _("Your topic in the community was merged with another"),
        _("What you began is discussed in another topic already, so a moderator has put the two together."),
    ),
    "topic.split": Letter(
        _("Your posts in the community are a topic of their own"),
        _("A moderator has split some posts off to a topic of their own."),
    ),
    "topic.duplicate": Letter(
        _("There is a topic about your question already"),
        _("Your topic was marked as a duplicate of another one, where you may find the answer."),
    ),
    "member.silenced": Letter(
        _("You cannot write in the community for a while"),
        _("A moderator has silenced you in the community. You can still read it, and ask our team for help."),
    ),
    "member.unsilenced": Letter(
        _("You can write in the community again"), _("You can write in the community again.")
    ),
    "member.banned": Letter(
        _("You cannot write in the community any more"),
        _("You were banned from writing in the community. You can still read it, and ask our team for help."),
    ),
    "member.unbanned": Letter(
        _("You can write in the community again"), _("You can write in the community again.")
    ),
    "member.level": Letter(
        _("Your level in the community was set"), _("A moderator has set your level in the community.")
    ),
    "member.cleared": Letter(
        _("Your profile in the community was changed"),
        _("A moderator has taken away your name, your handle or what you said about yourself, since others should not "
          "see it. You can choose another one; what you wrote stays."),
    ),
    "member.restored": Letter(
        _("Your profile in the community is yours again"),
        _("A moderator has given back your name, your handle or what you said about yourself. You can use it again."),
    ),
    "member.lowered": Letter(
        _("Your level in the community went down"),
        _("Your level went down by what was reported. It goes up again with time and with what you contribute."),
    ),
    "flag.right": Letter(
        _("Thank you for your report"),
        _("We have looked at the post that you reported, and you were right: it is not shown any more."),
    ),
    "flag.wrong": Letter(
        _("We have looked at your report"), _("We have looked at the post that you reported, and it stays.")
    ),
    "flag.neutral": Letter(
        _("Thank you for your report"),
        _("We have looked at the post that you reported. It stays, and it was good that you told us."),
    ),
    "flag.gone": Letter(
        _("Thank you for your report"),
        _("The post that you reported is not shown any more, so there is nothing left for us to decide."),
    ),
    "profile.right": Letter(
        _("Thank you for your report"),
        _("We have looked at the profile that you reported, and you were right: we have done something about it."),
    ),
    "profile.wrong": Letter(
        _("We have looked at your report"), _("We have looked at the profile that you reported, and it stays.")
    ),
    "profile.neutral": Letter(
        _("Thank you for your report"),
        _("We have looked at the profile that you reported. It stays, and it was good that you told us."),
    ),
    "profile.gone": Letter(
        _("Thank you for your report"),
        _("The profile that you reported is not there any more, so there is nothing left for us to decide."),
    ),
}  # fmt: skip


def enter() -> None:
    """Say what the actions are called."""
    history.describe(Topic.OTHER, "shield-check", {**DECISIONS, **OTHERS})
