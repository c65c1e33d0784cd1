"""Hosts as people read them."""

import pytest

from frontdesk.core import hosts


@pytest.mark.parametrize(
    ("address", "reads"),
    [
        ("https://halcyon.example/a?b#c", "halcyon.example"),
        ("HALCYON.example.", "halcyon.example"),
        ("https://xn--mller-kva.example/", "müller.example"),
        ("https://xn--e1afmkfd.example/", "пример.example"),
        ("https://xn--r8jz45g.example/", "例え.example"),
        ("http://192.0.2.7:8080/", "192.0.2.7"),
        ("mailto:ada@example.org", "mailto:ada@example.org"),
        ("https://[", ""),
    ],
)
def test_honest_ones_are_read_in_their_own_letters(address: str, reads: str) -> None:
    assert hosts.shown(address) == reads
    assert not hosts.is_lookalike(address)


@pytest.mark.parametrize(
    "host",
    [
        "p\u0430ypal.example",  # a Cyrillic a among Latin letters
        "\u0440\u0430\u0443\u0440\u0430\u04cf.example",  # all Cyrillic, and all of them twins
        "ha\u217cc\u0443on.example",  # a Roman numeral
        "halcy\u03bfn.example",  # a Greek o
        "go\u0131d.example",
        "ha\u1e37cyon.example",
        "login.h\u0430lcyon.example",
    ],
)
def test_what_could_be_anothers_is_not(host: str) -> None:
    labels = [each if each.isascii() else "xn--" + each.encode("punycode").decode() for each in host.split(".")]
    machine = ".".join(labels)
    assert hosts.is_lookalike(machine)
    assert hosts.shown(f"https://{machine}/pay") == machine


@pytest.mark.parametrize("host", ["xn--.example", "xn--halcyon-.example", "xn--99999999999.example"])
def test_punycode_that_says_nothing_is_odd(host: str) -> None:
    assert hosts.is_lookalike(host)
    assert hosts.shown(host) == host
