"""Tables of the conversations."""

from frontdesk.support.tickets.models.areas import Agent, AgentSkill, Area, Skill, Team
from frontdesk.support.tickets.models.changes import StateChange
from frontdesk.support.tickets.models.conversations import (
    NOBODYS,
    Channel,
    Conversation,
    ConversationSearch,
    Message,
    Participant,
)
from frontdesk.support.tickets.models.desk import CannedReply, Draft, Macro, Mention, Presence, Reminder, SavedView
from frontdesk.support.tickets.models.files import Attachment
from frontdesk.support.tickets.models.following import FollowUp, QuietAddress, Survey
from frontdesk.support.tickets.models.guests import PendingContact
from frontdesk.support.tickets.models.levels import Calendar, CalendarVersion, Policy, ServiceLevel
from frontdesk.support.tickets.models.mail import (
    BlockedSender,
    ErasedMail,
    ImapFolder,
    IncomingMail,
    OutgoingMail,
    RawMail,
    Verdict,
)
from frontdesk.support.tickets.models.rules import Rule, RuleRun

__all__ = [
    "NOBODYS",
    "Agent",
    "AgentSkill",
    "Area",
    "Attachment",
    "BlockedSender",
    "Calendar",
    "CalendarVersion",
    "CannedReply",
    "Channel",
    "Conversation",
    "ConversationSearch",
    "Draft",
    "ErasedMail",
    "FollowUp",
    "ImapFolder",
    "IncomingMail",
    "Macro",
    "Mention",
    "Message",
    "OutgoingMail",
    "Participant",
    "PendingContact",
    "Policy",
    "Presence",
    "QuietAddress",
    "RawMail",
    "Reminder",
    "Rule",
    "RuleRun",
    "SavedView",
    "ServiceLevel",
    "Skill",
    "StateChange",
    "Survey",
    "Team",
    "Verdict",
]
