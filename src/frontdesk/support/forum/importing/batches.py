"""A batch of lines becomes rows: few statements, one transaction, so that a crash leaves whole batches."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection

from frontdesk.catalog.models import Product
from frontdesk.core import clock
from frontdesk.support.forum import claiming, names, rendering, wording
from frontdesk.support.forum.importing import counts, plain
from frontdesk.support.forum.importing.known import Known, Place
from frontdesk.support.forum.importing.shapes import (
    AcceptedLine,
    AnyLine,
    CategoryLine,
    LikeLine,
    PersonLine,
    PostLine,
    Said,
    TopicLine,
    Wrong,
)
from frontdesk.support.forum.models import Category, Member, OldAddress, Post, Reaction, Topic

LONGEST_TITLE, LONGEST_TEXT = 200, 100_000


class Batch:
    """What the lines of one batch make, written by `save` in the caller's transaction."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.now = clock.now()
        self.categories: list[Category] = []
        self.members: list[Member] = []
        self.topics: dict[UUID, Topic] = {}
        self.posts: list[Post] = []
        self.likes: dict[tuple[UUID, UUID], datetime] = {}
        self.accepted: dict[UUID, tuple[UUID, datetime]] = {}
        self.addresses: dict[str, OldAddress] = {}
        self.last: dict[UUID, int] = {}
        self.wanted: set[str] = set()
        self.handles: set[str] = set()
        self.team: dict[str, set[str]] = {}
        self.liked: set[tuple[UUID, UUID]] = set()
        self.solved: dict[UUID, UUID | None] = {}

    def prepare(self, lines: Sequence[AnyLine]) -> None:
        """Look up what they name, lock the topics that grow, learn what is liked and solved already."""
        self.known.look_up(lines)
        self.known.follow({each.topic for each in lines if isinstance(each, PostLine | AcceptedLine)})
        grown = {self.known.topics[each.topic] for each in lines if isinstance(each, PostLine)
                 and each.topic in self.known.topics}  # fmt: skip
        rows = Topic.objects.select_for_update().filter(pk__in=grown).order_by("pk")
        self.last = dict(rows.values_list("pk", "last_number"))
        self.wanted = {_handle(each) for each in lines if isinstance(each, PersonLine)}
        if self.wanted:
            self.handles = names.held_among(self.wanted)
            self.team = {field: names.team_names(field) for field in ("handle", "name")}
        posts = [self.known.posts.get(each.post) for each in lines if isinstance(each, LikeLine)]
        liked = Reaction.objects.filter(post__in={place.pk for place in posts if place})
        self.liked = set(liked.values_list("post", "member"))
        asked = {self.known.topics.get(each.topic) for each in lines if isinstance(each, AcceptedLine)} - {None}
        self.solved = dict(Topic.objects.filter(pk__in=asked).values_list("pk", "accepted"))

    def take(self, line: AnyLine) -> bool:
        """Enter a line; False when it is there already. Raises Wrong for what names something that is not known."""
        match line:
            case CategoryLine():
                return self._category(line)
            case PersonLine():
                return self._person(line)
            case TopicLine():
                return self._topic(line)
            case PostLine():
                return self._post(line)
            case LikeLine():
                return self._like(line)
            case AcceptedLine():
                return self._accepted(line)

    def _category(self, line: CategoryLine) -> bool:
        if line.id in self.known.categories:
            return False
        product = Product.objects.filter(slug=line.product).first() if line.product else None
        if line.product and product is None:
            raise Wrong(f"there is no product “{line.product}” in the catalogue: make it first, or leave it out")
        held = Category.objects.filter(slug=line.slug).first()
        category = held or Category(slug=line.slug)
        if held is None:
            category.titles, category.abouts, category.product = line.titles, line.abouts, product
            category.reads, category.begins = line.reads, line.begins
            category.asks, category.position = line.asks, line.position
        category.external_id = line.id
        category.save()
        self.known.categories[line.id] = category
        self._stood(line.address, category=category)
        return True

    def _person(self, line: PersonLine) -> bool:
        if line.id in self.known.members:
            return False
        joined, handle = line.joined_at or self.now, self._free(_handle(line), line)
        member = Member(
            handle=handle, name=self._name(line, handle), about=line.about, level=line.level, joined_at=joined,
            agreed_at=joined, external_id=line.id,
            claim_address_hash=claiming.mark_of(line.email, line.email_sha256), digest_at=None,
        )  # fmt: skip
        self.members.append(member)
        self.known.members[line.id] = member.pk
        return True

    def _free(self, handle: str, line: PersonLine) -> str:
        """The handle, with a number where somebody has it or had it; another where it looks like the team's."""
        if names.is_kept_back(handle) or names.passes_for_team(handle, self.team["handle"]):
            handle = _numbered(line)
        chosen, number = handle, 2
        while chosen in self.handles or (chosen not in self.wanted and names.is_held(chosen)):
            chosen, number = f"{handle[:36]}{number}", number + 1
        self.handles.add(chosen)
        return chosen

    def _name(self, line: PersonLine, handle: str) -> str:
        """Their name, unless it is an address or looks like the team's: what they are called then is their handle."""
        name = wording.line_of(line.name)[: names.LONGEST_NAME]
        return handle if "@" in name or names.passes_for_team(name, self.team["name"]) else name

    def _author(self, key: str) -> UUID:
        if key not in self.known.members:
            raise Wrong(f"nobody has the id “{key}”: put the line of that person before this one")
        return self.known.members[key]

    def _topic(self, line: TopicLine) -> bool:
        if line.id in self.known.topics:
            return False
        if line.category not in self.known.categories:
            raise Wrong(f"no category has the id “{line.category}”: put its line before this one")
        if line.first in self.known.posts:
            raise Wrong(f"another post has the id “{line.first}” already: a topic's first post needs one of its own")
        author, text = self._author(line.author), _text(line)
        category, title = self.known.categories[line.category], wording.line_of(line.title)[:LONGEST_TITLE]
        topic = Topic(
            category=category, title=title, slug=wording.slug_of(title), language=line.language, author_id=author,
            created_at=line.created_at, last_post_at=line.created_at, views=line.views, external_id=line.id,
            locked_at=line.created_at if line.locked else None, pinned_at=line.created_at if line.pinned else None,
            unanswered_since=line.created_at if category.asks else None,
        )  # fmt: skip
        self.topics[topic.pk] = topic
        self.known.topics[line.id] = topic.pk
        self.last[topic.pk] = 0
        self._stood(line.address, topic=topic)
        self._add(line, line.first, topic.pk, author, text)
        return True

    def _post(self, line: PostLine) -> bool:
        if line.id in self.known.posts:
            return False
        if line.topic not in self.known.topics:
            raise Wrong(f"no topic has the id “{line.topic}”: put its line before this one")
        post = self._add(line, line.id, self.known.topics[line.topic], self._author(line.author), _text(line))
        answered = self.known.posts.get(line.answers) if line.answers else None
        post.answers_id = answered.pk if answered and answered.topic == post.topic_id else None
        self._stood(line.address, post=post)
        return True

    def _add(self, line: Said, key: str, topic: UUID, author: UUID, text: str) -> Post:
        self.last[topic] += 1
        post = Post(
            topic_id=topic, number=self.last[topic], author_id=author, client_id=uuid4(), text=text,
            created_at=line.created_at, edited_at=line.edited_at, edit_count=1 if line.edited_at else 0,
            is_official=line.is_official, external_id=key, html=rendering.to_html(text),
        )  # fmt: skip
        self.posts.append(post)
        self.known.posts[key] = Place(post.pk, topic, author)
        return post

    def _like(self, line: LikeLine) -> bool:
        key = (self._place(line.post).pk, self._author(line.person))
        if key in self.liked or key[1] in self.known.erased:
            return False  # who was erased likes nothing any more
        self.liked.add(key)
        self.likes[key] = line.at
        return True

    def _accepted(self, line: AcceptedLine) -> bool:
        place = self._place(line.post)
        if self.known.topics.get(line.topic) != place.topic:
            raise Wrong(f"the post “{line.post}” is not in the topic “{line.topic}”: correct one of the two")
        if self.solved.get(place.topic) == place.pk:
            return False
        self.solved[place.topic] = place.pk
        self.accepted[place.topic] = (place.pk, line.at)
        return True

    def _place(self, key: str) -> Place:
        if key not in self.known.posts:
            raise Wrong(f"no post has the id “{key}”: put its line before this one")
        return self.known.posts[key]

    def _stood(self, path: str, **thing: Category | Topic | Post) -> None:
        if path:
            self.addresses[path] = OldAddress(path=path, **thing)

    def save(self) -> None:
        """Write it all."""
        Member.objects.bulk_create(self.members)
        for topic, number in zip(self.topics.values(), _numbers(len(self.topics)), strict=True):
            topic.number = number
        Topic.objects.bulk_create(self.topics.values())
        Post.objects.bulk_create(self.posts, batch_size=500)
        liked = [Reaction(post_id=post, member_id=who, created_at=at) for (post, who), at in self.likes.items()]
        Reaction.objects.bulk_create(liked, batch_size=1000, ignore_conflicts=True)  # somebody may like it just now
        counts.accept(self.accepted)
        OldAddress.objects.bulk_create(self.addresses.values(), ignore_conflicts=True)
        touched = {post.topic_id for post in self.posts}
        counts.settle(topics=touched, members={post.author_id for post in self.posts}, likes=self._liked())

    def _liked(self) -> set[UUID]:
        return {post for post, _member in self.likes}


def _text(line: Said) -> str:
    text = wording.UNKEPT.sub("", line.text if line.text.strip() else plain.to_markdown(line.html)).strip()
    if not text:
        raise Wrong("nothing is left of its `html`: leave the line out, or write what stood there")
    if len(text) > LONGEST_TEXT:
        raise Wrong(f"its text is longer than {LONGEST_TEXT} characters: split it into several posts")
    return text


def _handle(line: PersonLine) -> str:
    """A handle as ours are: from theirs, else from the name."""
    plain_one = wording.slug_of(line.handle or line.name).replace("-", "_")[:40].strip("_")
    return plain_one if names.HANDLE.fullmatch(plain_one) else _numbered(line)


def _numbered(line: PersonLine) -> str:
    """One that says nothing: from what they are called by in the file."""
    return f"member_{wording.slug_of(line.id)[:24].strip('-')}"


def _numbers(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select nextval('forum_topic_number') from generate_series(1, %s)", [count])
        return [number for (number,) in cursor.fetchall()]
