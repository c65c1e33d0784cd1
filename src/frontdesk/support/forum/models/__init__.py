"""Tables of the forum."""

from frontdesk.support.forum.models.keeping import Duplicate, EditLock, Expertise, MovedPost, OrderSettings, Trace
from frontdesk.support.forum.models.members import FormerHandle, Member, Reaction, Subscription
from frontdesk.support.forum.models.news import News, NewsMail, OldAddress
from frontdesk.support.forum.models.order import Decision, Flag
from frontdesk.support.forum.models.pictures import Picture
from frontdesk.support.forum.models.topics import Category, Post, Revision, Topic

__all__ = [
    "Category",
    "Decision",
    "Duplicate",
    "EditLock",
    "Expertise",
    "Flag",
    "FormerHandle",
    "Member",
    "MovedPost",
    "News",
    "NewsMail",
    "OldAddress",
    "OrderSettings",
    "Picture",
    "Post",
    "Reaction",
    "Revision",
    "Subscription",
    "Topic",
    "Trace",
]
