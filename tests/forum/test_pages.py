"""The public pages, as strangers, members and the team read them."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.core import clock
from frontdesk.support.forum import accepting, moderating, threads, writing
from frontdesk.support.forum.models import Member, Post, Subscription, Topic
from tests.people import customer, signed_in
from tests.support import forum
from tests.support.queries import statements

pytestmark = pytest.mark.django_db
PERSON = {"User-Agent": "Mozilla/5.0 Firefox/140.0"}


def html(answer: Any) -> str:
    return str(answer.content.decode())


def browser(member: Member) -> Client:
    assert member.person is not None
    return signed_in(member.person)


def structured(page: str) -> dict[str, Any]:
    return dict(json.loads(re.search(r'application/ld\+json">(.*?)</script>', page)[1]))  # type: ignore[index] # it is there


def test_the_overview_shows_categories_and_what_is_new(client: Client) -> None:
    topic = forum.topic()
    page = html(client.get("/community/"))
    assert ">Questions</a>" in page
    assert f'href="/community/t/{topic.number}/it-does-not-start-after-the-update/"' in page
    assert "1 topic" in page
    for tab in ("latest", "unanswered"):
        assert topic.title in html(client.get(f"/community/{tab}/"))
    assert topic.title not in html(client.get("/community/solved/"))


def test_an_empty_community_says_what_to_do(client: Client) -> None:
    assert "Be the first" in html(client.get("/community/"))


def test_a_topic_has_one_address(client: Client) -> None:
    topic = forum.topic()
    right = topic.get_absolute_url()
    assert client.get(right).status_code == 200
    wrong = client.get(f"/community/t/{topic.number}/something-else/")
    assert (wrong.status_code, wrong["Location"]) == (301, right)
    assert client.get(f"/community/t/{topic.number}/")["Location"] == right
    assert client.get(f"{right}?page=7").status_code == 404
    assert client.get(f"{right}?page=²").status_code == 404
    assert client.get("/community/t/99999/x/").status_code == 404
    assert f'<link rel="canonical" href="http://localhost:8000{right}">' in html(client.get(right))


def test_an_accepted_answer_stands_under_the_question_and_in_its_place(client: Client) -> None:
    topic = forum.topic()
    forum.reply(topic, text="No idea.")
    answer = forum.reply(topic, text="Restart **it**.")
    accepting.accept(member=topic.author, post=answer)
    page = html(client.get(topic.get_absolute_url()))
    assert page.count("Restart <strong>it</strong>.") == 2
    assert page.index("<strong>it</strong>") < page.index("<p>No idea.</p>")
    question = structured(page)["@graph"][0]["mainEntity"]
    assert question["acceptedAnswer"]["text"] == "Restart it."
    assert [each["text"] for each in question["suggestedAnswer"]] == ["No idea."]
    assert (question["answerCount"], question["author"]["name"]) == (2, "Ada")
    assert "ada@example.org" not in page


def test_what_is_written_cannot_leave_the_metadata(client: Client) -> None:
    topic = forum.topic(title='Close it "here" </script>', text="</script><script>alert(1)</script>")
    page = html(client.get(topic.get_absolute_url()))
    assert structured(page)["@graph"][0]["mainEntity"]["name"] == topic.title
    assert "<script>alert" not in page


def test_pages_go_by_number(client: Client) -> None:
    topic = forum.many(1, 64, [forum.member()], [forum.category()])[0]
    second = html(client.get(f"{topic.get_absolute_url()}?page=2"))
    assert [int(found) for found in re.findall(r'id="post-(\d+)"', second)] == list(range(21, 41))
    assert f'<link rel="next" href="{topic.get_absolute_url()}?page=3">' in second
    post = topic.posts.get(number=62)
    assert client.get(f"/community/p/{post.pk}/")["Location"] == f"{topic.get_absolute_url()}?page=4#post-62"
    assert client.get(f"/community/t/{topic.number}/newest/")["Location"].endswith("?page=4#post-65")


def test_a_member_goes_on_where_they_stopped() -> None:
    topic = forum.many(1, 40, [forum.member()], [forum.category()])[0]
    bea = browser(forum.member("bea@example.org", "Bea"))
    bea.get(topic.get_absolute_url(), headers=PERSON)
    assert bea.get(f"/community/t/{topic.number}/unread/")["Location"].endswith("?page=2#post-21")
    assert "First new post" in html(bea.get(topic.get_absolute_url()))


def test_reading_counts_views_of_people_only(client: Client) -> None:
    topic = forum.topic()
    client.get(topic.get_absolute_url(), headers=PERSON)
    client.get(topic.get_absolute_url(), headers={"User-Agent": "a bot"})
    topic.refresh_from_db()
    assert topic.views == 1


def test_restricted_categories_are_not_there_for_others(client: Client) -> None:
    inside = forum.category("inside", reads="staff", begins="staff")
    kim = forum.team()
    topic = forum.topic(kim, "Plans for the secret release", category_=inside)
    post = topic.posts.get()
    eve = browser(forum.member("eve@example.org", "Eve"))
    for reader in (client, eve):
        for path in (topic.get_absolute_url(), f"/community/p/{post.pk}/", "/community/c/inside/",
                     "/community/c/inside/feed.atom", f"/community/t/{topic.number}/unread/"):  # fmt: skip
            assert reader.get(path).status_code == 404, path
        for path in ("/community/", "/community/latest/", "/community/unanswered/", "/community/search/?q=secret",
                     "/community/feed.atom", "/community/new/similar/?title=secret+release", "/sitemap.xml",
                     f"/community/u/{kim.handle}/"):  # fmt: skip
            assert topic.title not in html(reader.get(path)), path
    mine = browser(kim).get(topic.get_absolute_url())
    assert mine.status_code == 200
    assert mine["X-Robots-Tag"] == "noindex"


def test_strangers_change_nothing_of_others() -> None:
    topic = forum.topic()
    post = topic.posts.get()
    answer = forum.reply(topic)
    eve = browser(forum.member("eve@example.org", "Eve"))
    assert eve.get(f"/community/p/{post.pk}/edit/").status_code == 404
    assert eve.post(f"/community/p/{post.pk}/edit/", {"text": "Mine", "seen": 0}).status_code == 404
    assert eve.get(f"/community/p/{post.pk}/delete/").status_code == 404
    assert eve.post(f"/community/p/{post.pk}/delete/now/").status_code == 403
    assert eve.post(f"/community/p/{answer.pk}/accept/").status_code == 403
    post.refresh_from_db()
    assert (post.text, post.state) == (forum.TEXT, Post.State.VISIBLE)


def test_guests_are_asked_to_sign_in(client: Client) -> None:
    topic = forum.topic()
    post = topic.posts.get()
    for path in (f"/community/t/{topic.number}/reply/", f"/community/p/{post.pk}/like/", "/community/new/",
                 f"/community/t/{topic.number}/follow/", "/community/pictures/", "/community/preview/"):  # fmt: skip
        assert client.post(path).status_code == 302, path
    assert client.get("/community/me/").status_code == 302
    assert "Sign in to answer" in html(client.get(topic.get_absolute_url()))


def test_the_first_post_asks_for_a_name() -> None:
    topic, new = forum.topic(), signed_in(customer("cleo@example.org", "Cleo Hart"))
    page = html(new.get(topic.get_absolute_url()))
    assert 'value="Cleo"' in page
    assert 'value="cleo"' in page
    said = {"text": "Try this.", "client_id": uuid4(), "do": "post"}
    path = f"/community/t/{topic.number}/reply/"
    assert new.post(path, said).status_code == 422
    refused = new.post(path, {**said, "name": "Halсyon Support", "handle": "cleo", "agreed": "on"})
    assert "as if you belonged to the team" in html(refused)
    assert "Try this." in html(refused)
    assert new.post(path, {**said, "name": "Cleo", "handle": "Cleo", "agreed": "on"}).status_code == 302
    assert topic.posts.get(number=2).author.handle == "cleo"
    assert "Who you are here" not in html(new.get(topic.get_absolute_url()))


def test_a_topic_is_begun_after_a_look_at_similar_ones() -> None:
    forum.topic(title="Printer stays offline after update")
    ada = browser(forum.member())
    said = {"title": "Printer offline since the update", "category": "questions", "text": "Help!", "client_id": uuid4()}
    looked = ada.post("/community/new/", {**said, "do": "post"})
    assert looked.status_code == 200
    assert "Please look at these first" in html(looked)
    assert 'name="looked"' in html(looked)
    done = ada.post("/community/new/", {**said, "do": "post", "looked": "on"})
    assert done.status_code == 302
    assert Topic.objects.get(title=said["title"]).get_absolute_url() == done["Location"]


def test_a_preview_keeps_what_was_typed() -> None:
    topic = forum.topic()
    bea = browser(forum.member("bea@example.org", "Bea"))
    page = html(
        bea.post(f"/community/t/{topic.number}/reply/", {"text": "*so*", "client_id": uuid4(), "do": "preview"})
    )
    assert "<em>so</em>" in page
    assert ">\n*so*</textarea>" in page
    assert topic.posts.count() == 1


def test_quoting_fills_the_form() -> None:
    topic = forum.topic()
    post = topic.posts.get()
    page = html(browser(forum.member("bea@example.org", "Bea")).get(f"{topic.get_absolute_url()}?quote={post.pk}"))
    assert f"&gt; **[Ada](/community/p/{post.pk}/)**" in page
    assert f'name="answers" value="{post.pk}"' in page


def test_a_form_that_comes_too_late_shows_the_difference() -> None:
    post = forum.topic().posts.get()
    ada = browser(post.author)
    writing.edit(member=post.author, post=post, text="One\n\nNew words")
    late = ada.post(
        f"/community/p/{post.pk}/edit/", {"text": "One\n\nOther words", "title": "A title long enough", "seen": 0}
    )
    assert late.status_code == 409
    assert "<del>New</del>" in html(late)
    assert 'name="seen" value="1"' in html(late)
    assert "Other words</textarea>" in html(late)


def test_history_shows_what_changed(client: Client) -> None:
    post = forum.topic().posts.get()
    writing.edit(
        member=post.author, post=post, text="Since the **reinstall** it says *code 7*. What helps?", reason="wrong word"
    )
    page = html(client.get(f"/community/p/{post.pk}/history/"))
    assert "<del>update</del>" in page
    assert "<ins>reinstall</ins>" in page
    assert "wrong word" in page
    assert client.get(f"/community/p/{forum.reply(post.topic).pk}/history/").status_code == 404


def test_likes_and_follows_lead_back() -> None:
    topic = forum.topic()
    post = topic.posts.get()
    bea = forum.member("bea@example.org", "Bea")
    client = browser(bea)
    assert client.post(f"/community/p/{post.pk}/like/")["Location"] == f"{topic.get_absolute_url()}#post-1"
    assert "You like this" in html(client.get(topic.get_absolute_url()))
    client.post(f"/community/p/{post.pk}/like/", {"do": "unlike"})
    assert not post.reactions.exists()
    client.post(f"/community/t/{topic.number}/follow/", {"kind": "muted"})
    assert Subscription.objects.get(member=bea, topic=topic).kind == "muted"
    assert topic.title not in html(client.get("/community/latest/"))


def test_feeds_show_what_everybody_may_read(client: Client) -> None:
    topic = forum.topic(text="Hello <b>you</b>")
    for path in ("/community/feed.atom", "/community/c/questions/feed.atom"):
        answer = client.get(path)
        assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
        assert topic.title in html(answer)


def test_the_sitemap_knows_topics_and_categories(client: Client) -> None:
    topic = forum.topic()
    page = html(client.get("/sitemap.xml"))
    for path in ("/community/", "/community/c/questions/", topic.get_absolute_url()):
        assert f"<loc>http://localhost:8000{path}</loc>" in page


def test_a_former_handle_leads_to_the_member(client: Client) -> None:
    ada = forum.member()
    forum.topic(ada)
    browser(ada).post("/community/me/", {"form": "profile", "name": "Ada L", "handle": "lovelace", "about": "Engines"})
    assert client.get("/community/u/ada/")["Location"] == "/community/u/lovelace/"
    page = html(client.get("/community/u/lovelace/"))
    assert "Engines" in page
    assert "example.org" not in page
    assert client.get("/community/u/nobody/").status_code == 404


@pytest.mark.parametrize("who", ["guest", "member", "team"])
def test_pages_ask_little_of_the_database_however_much_they_show(who: str) -> None:
    authors = [forum.member(f"m{each}@example.org", f"Mo {each}") for each in range(4)]
    topic = forum.many(31, 34, authors, [forum.category(), forum.category("ideas")])[0]
    reader = Client() if who == "guest" else browser(authors[0] if who == "member" else forum.team())
    for path in ("/community/", "/community/latest/", "/community/mine/", "/community/c/questions/",
                 topic.get_absolute_url(), f"{topic.get_absolute_url()}?page=2", "/community/search/?q=settings",
                 f"/community/u/{authors[1].handle}/"):  # fmt: skip
        reader.get(path, headers=PERSON)
        with CaptureQueriesContext(connection) as queries:
            reader.get(path, headers=PERSON)
        asked = statements(queries)
        assert len(asked) <= 15, (path, asked)


def test_who_may_not_write_is_told_before_they_do() -> None:
    topic, bea = forum.topic(), forum.member("bea@example.org", "Bea")
    assert 'id="id_text"' in html(browser(bea).get(topic.get_absolute_url()))
    Member.objects.filter(pk=bea.pk).update(banned_at=clock.now())
    page = html(browser(bea).get(topic.get_absolute_url()))
    assert 'id="id_text"' not in page
    assert "You cannot write in the community any more." in page


def test_nobody_is_led_to_edit_what_is_closed() -> None:
    ada = forum.member("ada@example.org", "Ada")
    topic = forum.topic(ada)
    post = topic.posts.get()
    edit = f"/community/p/{post.pk}/edit/"
    assert edit in html(browser(ada).get(topic.get_absolute_url()))
    moderating.close_edits(by=forum.team(), post=post, reason="It was changed too often")
    assert edit not in html(browser(ada).get(topic.get_absolute_url()))
    told = browser(ada).get(edit)
    assert told.status_code == 403
    assert "Only moderators edit this post." in html(told)
    assert "It was changed too often" in html(told)
    late = browser(ada).post(edit, {"text": "Typed meanwhile", "title": topic.title, "seen": 0})
    assert late.status_code == 422
    assert "Only moderators edit this post." in html(late)
    assert "Typed meanwhile</textarea>" in html(late)
    assert browser(forum.member("bea@example.org", "Bea")).get(edit).status_code == 404


def test_the_team_says_why_it_changes_what_others_wrote() -> None:
    post = forum.topic().posts.get()
    kim, fields = browser(forum.team()), {"text": "Other words", "title": post.topic.title, "seen": 0}
    edit = f"/community/p/{post.pk}/edit/"
    assert "Its author reads it in a mail" in html(kim.get(edit))
    assert kim.post(edit, fields).status_code == 422
    assert kim.post(edit, {**fields, "reason": "Clearer"}).status_code == 302
    post.refresh_from_db()
    assert post.text == "Other words"


def test_a_page_without_a_word_stays_out_of_search_engines(client: Client) -> None:
    topic = forum.topic()
    for number in range(threads.A_PAGE):
        forum.reply(topic, forum.team(), f"This is answer {number}.")
    path = topic.get_absolute_url()
    assert not client.get(f"{path}?page=2").has_header("X-Robots-Tag")
    Post.objects.filter(topic=topic, number__gt=threads.A_PAGE).update(state=Post.State.HIDDEN)
    assert client.get(f"{path}?page=2")["X-Robots-Tag"] == "noindex"
    assert not client.get(path).has_header("X-Robots-Tag")
