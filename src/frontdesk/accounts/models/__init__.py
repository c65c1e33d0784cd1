"""Tables of the accounts."""

from frontdesk.accounts.models.browsers import KnownBrowser, Session
from frontdesk.accounts.models.changes import AddressChange, SecuringLink
from frontdesk.accounts.models.guessing import Channel, GuessCounter, OneTimeCode, Purpose
from frontdesk.accounts.models.messages import Message
from frontdesk.accounts.models.people import ALONE, Person, PersonManager
from frontdesk.accounts.models.privacy import DataExport
from frontdesk.accounts.models.recoveries import Recovery
from frontdesk.accounts.models.staff import StaffInvitation

__all__ = [
    "ALONE",
    "AddressChange",
    "Channel",
    "DataExport",
    "GuessCounter",
    "KnownBrowser",
    "Message",
    "OneTimeCode",
    "Person",
    "PersonManager",
    "Purpose",
    "Recovery",
    "SecuringLink",
    "Session",
    "StaffInvitation",
]
