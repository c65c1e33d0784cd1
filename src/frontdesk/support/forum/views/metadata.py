"""What search engines are told of a topic (schema.org), and pages that link to it."""

import json
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from frontdesk.support.forum import rendering
from frontdesk.support.forum.members import path_of
from frontdesk.support.forum.models import Member, Post
from frontdesk.support.forum.threads import Shown, Thread
from frontdesk.support.forum.views.common import full

DESCRIPTION = 200
LONGEST = 5_000  # characters of a text


def of_topic(thread: Thread) -> SafeString:
    """A question with its answers (QAPage), or a discussion (DiscussionForumPosting), with the way here."""
    topic = thread.topic
    main = _question(thread) if topic.is_question else _discussion(thread)
    trail = [
        (_("Community"), full(reverse("forum:start"))),
        (topic.category.title, full(reverse("forum:category", args=[topic.category.slug]))),
        (topic.title, full(topic.get_absolute_url())),
    ]
    crumbs = [
        {"@type": "ListItem", "position": place, "name": str(name), "item": address}
        for place, (name, address) in enumerate(trail, 1)
    ]
    graph = [*([main] if main else []), {"@type": "BreadcrumbList", "itemListElement": crumbs}]
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    escaped = text.replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026")
    return mark_safe(escaped)  # noqa: S308 - JSON without a sign that HTML knows


def description_of(thread: Thread) -> str:
    """The beginning of what the page's first post says."""
    shown = next((each.post for each in thread.posts if each.post.is_visible), None)
    return (
        Truncator(" ".join(rendering.to_text(shown.text).split())).chars(DESCRIPTION) if shown else thread.topic.title
    )


def _question(thread: Thread) -> dict[str, Any] | None:
    first, topic = thread.first, thread.topic
    if first is None or not first.post.is_visible:
        return None
    answers = [each.post for each in thread.posts[1:] if each.post.is_visible and not each.is_accepted]
    question: dict[str, Any] = {
        "@type": "Question",
        "name": topic.title,
        "text": _text(first.post) or topic.title,
        "answerCount": topic.reply_count,
        "upvoteCount": first.post.like_count,
        "datePublished": topic.created_at.isoformat(),
        "author": _person(first.post.author),
    }
    if thread.accepted:
        question["acceptedAnswer"] = _answer(thread.accepted.post)
    if answers:
        question["suggestedAnswer"] = [_answer(each) for each in answers]
    return {"@type": "QAPage", "mainEntity": question}


def _answer(post: Post) -> dict[str, Any]:
    return {
        "@type": "Answer",
        "text": _text(post),
        "url": full(reverse("forum:post", args=[post.pk])),
        "upvoteCount": post.like_count,
        "datePublished": post.created_at.isoformat(),
        "author": _person(post.author),
    }


def _discussion(thread: Thread) -> dict[str, Any] | None:
    visible: list[Shown] = [each for each in thread.posts if each.post.is_visible]
    if not visible:
        return None
    first, topic = visible[0].post, thread.topic
    return {
        "@type": "DiscussionForumPosting",
        "headline": topic.title,
        "text": _text(first),
        "url": full(topic.get_absolute_url()),
        "datePublished": topic.created_at.isoformat(),
        "author": _person(first.author),
        "commentCount": topic.reply_count,
        "comment": [
            {
                "@type": "Comment",
                "text": _text(each.post),
                "datePublished": each.post.created_at.isoformat(),
                "author": _person(each.post.author),
            }
            for each in visible[1:]
        ],
    }


def _person(member: Member) -> dict[str, str]:
    return {"@type": "Person", "name": member.shown_name, "url": full(path_of(member.handle))}


def _text(post: Post) -> str:
    return rendering.to_text(post.text)[:LONGEST]
