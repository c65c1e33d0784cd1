"""Links of strangers: none leads to us unseen, and none looks as if it led elsewhere than it does."""

import pytest

from frontdesk.support.tickets import hrefs
from frontdesk.support.tickets.mail.incoming.reading.reader import read
from frontdesk.support.tickets.templatetags.tickets_words import linked
from tests.support.letters import letter


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        (" HTTPS://Example.ORG:8443/A b ", "https://example.org:8443/A%20b"),
        ("https://halcyon.example@evil.example/", "https://evil.example/"),
        ("https://halcyon.example:login@evil.example:444/x", "https://evil.example:444/x"),
        ("https://ha\nlcyon.example/", "https://halcyon.example/"),
        ("https://%65vil.example/", "https://evil.example/"),
        ("https://müller.example/ü", "https://xn--mller-kva.example/ü"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),  # browsers tell it from strasse.example
        ("https://p\u0430ypal.example/", "https://xn--pypal-4ve.example/"),  # a Cyrillic a
        ("https://[2001:db8::1]:8080/", "https://[2001:db8::1]:8080/"),
        ("mailto:ada@example.org", "mailto:ada@example.org"),
        ("tel:+4930123", "tel:+4930123"),
    ],
)
def test_a_link_leads_where_it_says(address: str, leads_to: str) -> None:
    link = hrefs.read(address)
    assert link is not None
    assert link.address == leads_to


@pytest.mark.parametrize(
    "address",
    [
        "", "/desk/inbox/", "desk", "?next=x", "#top", "//evil.example/", "\\\\evil.example", "https:evil.example",
        "https:/evil.example", "https:///evil.example", "https://", "https://good.example\\@evil.example/",
        "javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "https://a b.example/", "https://x:y/",
        "https://evil.example%2f@halcyon.example%00/", "https://..", "mailto:", "https://[::1", "x" * 3_000,
        "https://\u2024evil\u2024example/",
    ],
)  # fmt: skip
def test_what_has_no_host_of_its_own_is_no_link(address: str) -> None:
    found = hrefs.read(address)
    assert found is None or found.host in {"", "halcyon.example"}, found
    if "halcyon" not in address:
        assert found is None


@pytest.mark.parametrize(
    ("address", "text", "told"),
    [
        ("https://halcyon.example/renew", "Renew now", ""),
        ("https://halcyon.example/renew", "https://www.halcyon.example/renew", ""),
        ("https://evil.example/", "halcyon.example", "evil.example"),
        ("https://evil.example/", "(https://Halcyon.example/login)", "evil.example"),
        ("https://evil.example/", "https://halcyon.example@evil.example/", "evil.example"),
        ("https://halcyon.example@evil.example/", "Sign in", "evil.example"),
        ("https://p\u0430ypal.example/", "Pay", "xn--pypal-4ve.example"),
        ("https://xn--pypal-4ve.example/", "Pay", "xn--pypal-4ve.example"),
        ("https://m\u00fcller.example/", "https://m\u00fcller.example/", ""),
        ("https://m\u00fcller.example/", "halcyon.example", "xn--mller-kva.example"),
        ("mailto:eve@evil.example", "halcyon.example", ""),
    ],
)
def test_the_true_host_stands_beside_a_link_that_hides_it(address: str, text: str, told: str) -> None:
    link = hrefs.read(address)
    assert link is not None
    assert link.to_tell(text) == told


def test_a_mails_links_are_what_they_look_like() -> None:
    html = (
        '<p><a href="/desk/people/">Your file</a> <a href="//evil.example/">this</a>'
        ' <a href="https://halcyon.example@evil.example/login">Sign in</a>'
        ' <a href="https://halcyon.example/help">Help</a></p>'
    )
    found = read(letter(html, Content_Type="text/html; charset=utf-8"))
    assert "desk/people" not in found.html
    assert "halcyon.example@" not in found.html + found.text
    assert '<a href="https://evil.example/login" rel="noopener noreferrer nofollow ugc">Sign in (evil.example)</a>' in (
        found.html
    )
    assert ">Help</a>" in found.html
    assert "Sign in <https://evil.example/login>" in found.text


def test_one_that_looks_like_anothers_is_said_to() -> None:
    assert "(xn--pypal-4ve.example, which only looks like another address)" in linked("https://p\u0430ypal.example/")
    assert "(" not in linked("https://m\u00fcller.example/")
    assert "(" not in linked("https://EXAMPLE.org/ and Example.org")
    assert "(haicion.example)" in linked("https://haIcion.example/")


def test_addresses_in_plain_words_are_too() -> None:
    made = linked("See https://halcyon.example@evil.example/x?a=1&b=<2> & www.example.org, or ada@example.org")
    assert made == (
        'See <a href="https://evil.example/x?a=1&amp;b=" rel="nofollow">https://halcyon.example@evil.example/x?a=1&amp;b=</a>'
        ' (evil.example)&lt;2&gt; &amp; <a href="http://www.example.org" rel="nofollow">www.example.org</a>,'
        ' or <a href="mailto:ada@example.org">ada@example.org</a>'
    )
    assert "<script" not in linked('<a href="x" rel="nofollow"><script>1</script></a> https://example.org')
    assert "(" not in linked("https://example.org/" + "long/" * 40, 80)
