"""Tables of the forum."""

from frontdesk.support.forum.models.keeping import Duplicate, EditLock, Expertise, MovedPost, OrderSettings, Trace
from frontdesk.support.forum.models.members import Member, Reaction, Subscription
from frontdesk.support.forum.models.news import News, NewsMail, OldAddress
from frontdesk.support.forum.models.order import Decision, Flag
from frontdesk.support.forum.models.topics import Category, Post, Revision, Topic

__all__ = [
    "Category",
    "Decision",
    "Duplicate",
    "EditLock",
    "Expertise",
    "Flag",
    "Member",
    "MovedPost",
    "News",
    "NewsMail",
    "OldAddress",
    "OrderSettings",
    "Post",
    "Reaction",
    "Revision",
    "Subscription",
    "Topic",
    "Trace",
]
