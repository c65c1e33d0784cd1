"""The tags: states, accessible words, and nothing unescaped."""

from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from frontdesk.ui.parts import TimelinePiece

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
EVIL = "<script>alert(1)</script>"


def render(source: str, **context: object) -> str:
    return " ".join(Template("{% load ui %}" + source).render(Context(context)).split())


@pytest.mark.parametrize(
    "source",
    [
        "{% button evil evil %}",
        "{% badge evil %}",
        "{% card evil note=evil badge=evil %}{{ evil }}{% endcard %}",
        "{% row evil note=evil href=evil %}{{ evil }}{% endrow %}",
        "{% notice evil %}{{ evil }}{% endnotice %}",
        "{% empty evil text=evil %}{{ evil }}{% endempty %}",
        "{% dialog 'd' evil %}{{ evil }}{% enddialog %}",
        "{% confirm 'd' evil action=evil label=evil %}{{ evil }}{% endconfirm %}",
        "{% bubble author=evil %}{{ evil }}{% endbubble %}",
        "{% table evil %}{{ evil }}{% endtable %}",
        "{% copy evil %}",
        "{% steps 1 evil %}",
        "{% breadcrumb evil evil evil %}",
        "{% tabs evil evil evil %}",
        "{% avatar evil %}",
        "{% progress 1 2 label=evil detail=evil %}",
        "{% meter 1 2 label=evil %}",
        "{% palette items %}",
    ],
)
def test_what_people_typed_is_escaped(source: str) -> None:
    items = [{"label": EVIL, "url": EVIL, "group": EVIL}]
    assert "<script" not in render(source, evil=EVIL, items=items, csrf_token="t")


def test_a_button_is_a_link_a_button_or_opens_a_dialog() -> None:
    assert render('{% button "Go" "/x/" kind="main" %}').startswith('<a class="button main" href="/x/">')
    assert 'type="submit"' in render('{% button "Save" %}')
    assert 'type="button" data-dialog="free"' in render('{% button "Free" dialog="free" %}')
    assert " disabled>" in render('{% button "No" disabled=True %}')


def test_a_meter_says_its_figures_in_words_and_warns_when_full() -> None:
    assert "2 of 5 devices used" in render("{% meter 2 5 %}")
    assert render("{% meter 2 5 %}").count('class="on"') == 2
    assert "is-full" in render("{% meter 5 5 %}")
    assert 'width="25.00%"' in render("{% meter 50 200 %}")
    assert "is-full" not in render("{% meter 0 0 %}")


def test_a_timeline_is_text_as_well_as_a_picture() -> None:
    pieces = [
        TimelinePiece(NOW - timedelta(days=10), NOW + timedelta(days=1), "Order"),
        TimelinePiece(NOW + timedelta(days=1), NOW + timedelta(days=31), "Card"),
    ]
    short = render("{% timeline pieces now=now %}", pieces=pieces, now=NOW)
    assert "31 days left" in short
    assert "1 day left" in short
    assert "30 days, still to come" in short
    assert "style=" not in short
    assert "21 April 2026 – 2 May 2026" in render("{% timeline pieces now=now detail=True %}", pieces=pieces, now=NOW)
    assert "No time has been granted yet." in render("{% timeline pieces now=now %}", pieces=[], now=NOW)


def test_the_pager_keeps_the_rest_of_the_address(rf: RequestFactory) -> None:
    page = Paginator(range(50), 10).get_page(2)
    html = render("{% pager page %}", page=page, request=rf.get("/?q=ada&page=2"))
    assert 'href="?q=ada&amp;page=3"' in html
    assert html.count('aria-current="page"') == 1
    assert render("{% pager page %}", page=Paginator(range(5), 10).get_page(1)) == ""


def test_a_time_is_relative_and_exact() -> None:
    html = render("{% when at now=now %}", at=NOW - timedelta(hours=2), now=NOW)
    assert 'datetime="2026-05-01T10:00:00+00:00"' in html
    assert ">2 hours ago<" in html
    assert render("{% when None %}") == "never"


def test_steps_name_what_is_done_and_where_one_is() -> None:
    html = render('{% steps 2 "Code" "Check" "Done" %}')
    assert html.count('aria-current="step"') == 1
    assert html.index("Done:") < html.index("Code")
    assert render('{% steps 3 "Code" "Check" %}').count("is-done") == 2


class Sample(forms.Form):
    """A form with a hint and an error."""

    name = forms.CharField(label="Name", help_text="As on the card.")
    secret = forms.CharField(label="Secret", widget=forms.PasswordInput, required=False)
    agree = forms.BooleanField(label="I agree", required=False)


def test_a_field_ties_label_hint_and_error_together() -> None:
    form = Sample({"name": ""})
    html = render("{{ form.name.as_field_group }}", form=form)
    assert '<label for="id_name">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html


def test_a_password_can_be_shown_and_an_optional_field_says_so() -> None:
    html = render("{{ form.secret.as_field_group }}", form=Sample())
    assert "data-reveal" in html
    assert "(optional)" in html
    assert "data-caps" in html


def test_a_field_may_get_another_label_and_hint() -> None:
    html = render('{% field form.name label="Your name" hint="First and last" %}', form=Sample())
    assert "Your name" in html
    assert "First and last" in html


def test_errors_of_the_whole_form_are_announced() -> None:
    form = Sample({"name": "x"})
    form.add_error(None, "Both at once cannot be.")
    html = render("{{ form }}", form=form)
    assert 'role="alert"' in html
    assert "Both at once cannot be." in html
