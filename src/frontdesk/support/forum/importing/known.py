"""What an import knows by its outside ids: looked up once for each batch, kept while the import runs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from frontdesk.support.forum import claiming
from frontdesk.support.forum.importing.shapes import (
    AcceptedLine,
    AnyLine,
    LikeLine,
    PersonLine,
    PostLine,
    Said,
    TopicLine,
)
from frontdesk.support.forum.models import Category, Member, Post, Topic


@dataclass(slots=True)
class Place:
    """Where a post stands, and who wrote it."""

    pk: UUID
    topic: UUID
    author: UUID


@dataclass
class Known:
    """Outside id → our row. Strings and uuids only: a hundred thousand posts are some tens of MB."""

    categories: dict[str, Category] = field(default_factory=dict)
    members: dict[str, UUID] = field(default_factory=dict)
    topics: dict[str, UUID] = field(default_factory=dict)
    posts: dict[str, Place] = field(default_factory=dict)
    erased: set[UUID] = field(default_factory=set)  # members who had these ids before they were erased

    def look_up(self, lines: Iterable[AnyLine]) -> None:
        """Learn of everything that these lines are or name, as far as it is there."""
        people, topics, posts = set[str](), set[str](), set[str]()
        for line in lines:
            if isinstance(line, Said):
                people.add(line.author)
            if isinstance(line, TopicLine):
                topics.add(line.id)
                posts.add(line.first)
            elif isinstance(line, PostLine):
                topics.add(line.topic)
                posts |= {line.id, line.answers}
            elif isinstance(line, PersonLine):
                people.add(line.id)
            elif isinstance(line, LikeLine):
                people.add(line.person)
                posts.add(line.post)
            elif isinstance(line, AcceptedLine):
                topics.add(line.topic)
                posts.add(line.post)
        self._learn(people - self.members.keys(), topics - self.topics.keys(), posts - self.posts.keys() - {""})

    def follow(self, named: Iterable[str]) -> None:
        """Topics that were merged here, before or while the import runs: what belongs to them goes where they went."""
        moved = {self.topics[each] for each in named if each in self.topics}
        while moved:
            rows = Topic.objects.filter(pk__in=moved).values_list("pk", "merged_into")
            went = {pk: into for pk, into in rows if into}
            self.topics |= {key: went[pk] for key, pk in self.topics.items() if pk in went}
            moved = set(went.values())

    def _learn(self, people: set[str], topics: set[str], posts: set[str]) -> None:
        if not self.categories:
            named = Category.objects.exclude(external_id="")
            self.categories = {each.external_id: each for each in named}
        rows = Member.objects.filter(external_id__in=people)
        self.members |= dict(rows.values_list("external_id", "pk"))
        left = {claiming.mark_of_outside(each): each for each in people - self.members.keys()}
        former = Member.objects.filter(erased_hash__in=left).values_list("erased_hash", "pk")
        gone = {left[bytes(mark)]: pk for mark, pk in former if mark}
        self.members |= gone
        self.erased |= set(gone.values())
        found = Topic.objects.filter(external_id__in=topics)
        self.topics |= dict(found.values_list("external_id", "pk"))
        places = Post.objects.filter(external_id__in=posts).values_list("external_id", "pk", "topic", "author")
        self.posts |= {key: Place(pk, topic, author) for key, pk, topic, author in places}
