"""Markdown becomes safe HTML: nothing remote, nothing that acts, headings in order."""

import re

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.support.helpcentre import rendering

OURS = "/help/pictures/abc_D-1-640x480.webp"
ACTS = re.compile(r"<(script|iframe|object|embed|form|style|link|meta)|\son\w+=|javascript:|data:", re.IGNORECASE)


def test_the_highest_heading_becomes_the_second_level_and_each_has_an_anchor() -> None:
    page = rendering.render("# One\n\n### Inner\n\n# One\n\n# Über `uns`")
    assert [(each.level, each.text, each.anchor) for each in page.headings] == [
        (2, "One", "h-one"), (4, "Inner", "h-inner"), (2, "One", "h-one-2"), (2, "Über uns", "h-über-uns"),
    ]  # fmt: skip
    assert '<h2 id="h-one-2">One</h2>' in page.html
    assert [each.level for each in rendering.render("### Deep").headings] == [2]


def test_a_guide_has_its_steps() -> None:
    page = rendering.render("Intro\n\n## First\n\n- a\n\n### Inner\n\nb\n\n## Second\n\n> ## Quoted\n")
    assert page.intro == "<p>Intro</p>\n"
    assert [(step.number, step.title, step.anchor) for step in page.steps] == [
        (1, "First", "h-first"),
        (2, "Second", "h-second"),
    ]
    assert '<h3 id="h-inner">Inner</h3>' in page.steps[0].html
    assert "Quoted" in page.steps[1].html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](https://x.example/?a=1&b=2)", '<a href="https://x.example/?a=1&amp;b=2" rel="noopener">a</a>'),
        ("[a](//x.example)", '<a href="//x.example" rel="noopener">a</a>'),
        ("[a](/help/)", '<a href="/help/">a</a>'),
        ("<https://x.example>", '<a href="https://x.example" rel="noopener">https://x.example</a>'),
        (f"![A *shot*]({OURS})", f'<img src="{OURS}" alt="A shot" width="640" height="480" loading="lazy">'),
        ("![A \"shot\"](https://x.example/a.png)", "A \"shot\""),
        ("![gone](/help/pictures/../../etc-1x1.png)", "gone"),
        ("![data](data:image/png;base64,AAAA)", "data"),
        ("a <b onclick=x>b</b> <script>c</script>", "a &lt;b onclick=x&gt;b&lt;/b&gt; &lt;script&gt;c&lt;/script&gt;"),
        ("~~gone~~", "<s>gone</s>"),
        ("a\\\nb", "a<br>\nb"),
    ],
)  # fmt: skip
def test_links_pictures_and_raw_html(text: str, expected: str) -> None:
    assert rendering.to_html(text) == f"<p>{expected}</p>\n"


@pytest.mark.parametrize(
    "text", ["[a](javascript:alert(1))", "[a](JaVaScript:alert(1))", "[a](data:text/html,x)", "[a](vbscript:x)"]
)
def test_links_that_would_act_are_none(text: str) -> None:
    assert "href" not in rendering.to_html(text)


def test_callouts_in_the_readers_language() -> None:
    text = "> [!WARNING]\n> Save **first**.\n\n> [!tip] At once\n\n> Just said."
    html = rendering.to_html(text)
    assert html.count('class="notice tone-warn"') == 1
    assert "<strong>Take care</strong>" in html
    assert "<p>Save <strong>first</strong>.</p>" in html
    assert "<p>At once</p>" in html
    assert "<blockquote>\n<p>Just said.</p>" in html
    assert "[!" not in html
    with translation.override("de"):
        assert rendering.to_html("> [!NOTE]\n> x").count("notice tone-info") == 1


def test_code_is_shown_and_copied_as_it_was_written() -> None:
    html = rendering.to_html('```html\n<a href="x">&amp;</a>\n```')
    assert '<code>&lt;a href="x"&gt;&amp;amp;&lt;/a&gt;</code>' in html
    assert 'data-copy="&lt;a href=&quot;x&quot;&gt;&amp;amp;&lt;/a&gt;"' in html


def test_tables_scroll_by_themselves_and_figures_stand_right() -> None:
    html = rendering.to_html("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert '<td class="number">2</td>' in html
    assert 'role="region" tabindex="0"' in html
    assert "style=" not in html


def test_the_plain_words() -> None:
    note = f"> [!NOTE]\n> Some *words* and `code`,\n> [a link](/x) ![shot]({OURS})"
    text = f"# Title\n\n{note}\n\n```\nx = 1\n```\n\n- one\n- two"
    assert rendering.to_text(text) == "Title\nSome words and code, a link shot\nx = 1\none\ntwo"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>&\"'`*_[]()!#|-\n \\:/=aonscript1javÄ\t~+{}.;@\x01\u202e"), max_size=120))
def test_whatever_is_written_nothing_acts(text: str) -> None:
    html = rendering.to_html(text)
    tags = "".join(re.findall(r"<[^>]*>", html))
    assert not ACTS.search(tags.replace("data-cop", "")), html
    rendering.to_text(text)
