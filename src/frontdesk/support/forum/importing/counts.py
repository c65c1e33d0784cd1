"""What the verbs count post by post, reckoned for a batch in a few statements."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection

from frontdesk.support.forum import searching
from frontdesk.support.forum.models import Topic

TOPICS = """
with said as (
  select p.topic_id, max(p.number) as last_number, count(*) filter (where p.state = 'visible') as posts,
         max(p.created_at) filter (where p.state = 'visible') as last_at,
         bool_or(p.state = 'visible' and p.author_id <> t.author_id) as answered
    from forum_post p join forum_topic t on t.id = p.topic_id where t.id = any(%s) group by p.topic_id)
update forum_topic t
   set last_number = said.last_number, post_count = said.posts, last_post_at = coalesce(said.last_at, t.created_at),
       unanswered_since = case when said.answered then null else t.unanswered_since end,
       last_poster_id = (select p.author_id from forum_post p where p.topic_id = t.id and p.state = 'visible'
                          order by p.created_at desc, p.number desc limit 1)
  from said where said.topic_id = t.id
"""
MEMBERS = """
update forum_member m set post_count =
  (select count(*) from forum_post p where p.author_id = m.id and p.state = 'visible') where m.id = any(%s)
"""
LIKES = """
update forum_post p set like_count = (select count(*) from forum_reaction r where r.post_id = p.id) where p.id = any(%s)
"""
LIKED = """
update forum_member m set likes_received =
  (select count(*) from forum_reaction r join forum_post p on p.id = r.post_id
    where p.author_id = m.id and p.state = 'visible')
 where m.id in (select author_id from forum_post where id = any(%s))
"""
ACCEPT = """
update forum_topic t set accepted_id = given.post, solved_at = given.at, unanswered_since = null
  from unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]) as given (topic, post, at)
 where t.id = given.topic and t.accepted_id is distinct from given.post
"""
HELPED = """
update forum_member m set accepted_count =
  (select count(*) from forum_topic t join forum_post p on p.id = t.accepted_id
    where p.author_id = m.id and t.author_id <> m.id and t.merged_into_id is null)
 where m.id in (select author_id from forum_post where id = any(%s))
"""


def settle(*, topics: Collection[UUID], members: Collection[UUID], likes: Collection[UUID]) -> None:
    """Reckon these topics, members and liked posts anew, and tell the forum's search of the topics' words."""
    with connection.cursor() as cursor:
        if topics:
            cursor.execute(TOPICS, [list(topics)])
            cursor.execute(MEMBERS, [list(members)])
        if likes:
            cursor.execute(LIKES, [list(likes)])
            cursor.execute(LIKED, [list(likes)])
    searching.enter_many(list(Topic.objects.filter(pk__in=topics)) if topics else [])


def accept(accepted: Mapping[UUID, tuple[UUID, datetime]]) -> None:
    """Enter which posts solved which topics."""
    if not accepted:
        return
    posts = [post for post, _at in accepted.values()]
    with connection.cursor() as cursor:
        cursor.execute(ACCEPT, [list(accepted), posts, [at for _post, at in accepted.values()]])
        cursor.execute(HELPED, [posts])
