"""Pages work from right to left, shown with a language that exists in tests only: Arabic, each text marked."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.test import Client
from django.test.utils import override_settings
from scripts import messages

from tests.people import customer, signed_in
from tests.support.shop import new_license

SOURCE = Path(__file__).parents[2] / "src" / "frontdesk"
MARK = "\N{RIGHT-TO-LEFT MARK}"
PUBLIC = [
    "/", "/activate/", "/downloads/", "/help/", "/help/r/code_unknown", "/account/login/", "/account/signup/",
    "/account/password/reset/", "/messages/check/", "/nowhere/",
]  # fmt: skip
OWN = ["/home/", "/activate/", "/offline/", "/account/security/", "/account/password/change/", "/messages/"]

# Left and right in a style sheet where start and end are meant.
SIDES = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b|(?:left|right)\s*:"
    r"|border-(?:top|bottom)-(?:left|right)-radius|(?:text-align|float|clear)\s*:\s*(?:left|right)\b)"
)
FOUR = re.compile(r"(?<![\w-])(margin|padding|inset)\s*:\s*([^;}]+)")
# A code is read from left to right in every language; its field says `direction: ltr`.
LATIN_ONLY = (".code-groups i", "[data-js] .field .code-field input")


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Arabic as the site's language, in which every text of ours is the original behind a right-to-left mark."""
    folder = tmp_path_factory.mktemp("locale")
    catalog = Catalog(locale="ar")
    for entry in messages.gather():
        if entry.id:
            ids = entry.id if isinstance(entry.id, tuple | list) else (entry.id,)
            plain = (f"{MARK}{ids[0]}", *[f"{MARK}{ids[-1]}"] * (catalog.num_plurals - 1))
            catalog.add(entry.id, plain if len(ids) > 1 else plain[0], context=entry.context, flags=entry.flags)
    target = folder / "ar" / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, catalog)
    with override_settings(LANGUAGES=[("ar", "Arabic")], LANGUAGE_CODE="ar", LOCALE_PATHS=[str(folder)]):
        yield


class Page(HTMLParser):
    """The attributes of <html>, and the texts a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root: dict[str, str | None] = {}
        self.texts: list[str] = []
        self._silent = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.root = dict(attrs)
        if tag in {"script", "style", "code"}:
            self._silent = tag

    def handle_endtag(self, tag: str) -> None:
        self._silent = "" if tag == self._silent else self._silent

    def handle_data(self, data: str) -> None:
        if not self._silent and re.search(r"[A-Za-z]{2}", data):
            self.texts.append(" ".join(data.split()))


@pytest.mark.django_db
@pytest.mark.parametrize("address", PUBLIC)
def test_public_pages_run_from_right_to_left(marked: None, address: str) -> None:
    check(Client(), address)


@pytest.mark.django_db
def test_a_customers_pages_run_from_right_to_left(marked: None) -> None:
    person = customer()
    held = new_license(owner=person)
    browser = signed_in(person)
    for address in [*OWN, f"/licenses/{held.pk}/", f"/licenses/{held.pk}/timeline/"]:
        check(browser, address)


def check(browser: Client, address: str) -> None:
    """The page says its direction, and no text of ours goes around the catalogue."""
    response = browser.get(address)
    assert response.status_code == (404 if address == "/nowhere/" else 200), address
    page = Page(response.content.decode())
    assert (page.root["dir"], page.root["lang"]) == ("rtl", "ar"), address
    assert page.texts, address
    assert [text for text in page.texts if MARK not in text and not is_a_name(text)] == [], address


def is_a_name(text: str) -> bool:
    """Names and data that no catalogue translates."""
    return bool(
        re.fullmatch(
            r"©.*|Halcyon( Shield)?( Plus)?( – Halcyon)?|Ada|Windows|macOS|Linux|\S+@\S+|code_unknown|SHA-256"
            r"|English|Deutsch",
            text,
        )
    )


@pytest.mark.parametrize("file", sorted(SOURCE.glob("**/static/**/*.css")), ids=lambda file: file.name)
def test_style_sheets_know_start_and_end_instead_of_left_and_right(file: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
    rules = [rule for rule in re.findall(r"[^{}]+{[^{}]*}", text) if not rule.strip().startswith(LATIN_ONLY)]
    wrong = [rule.strip() for rule in rules if SIDES.search(rule) or any(map(is_lopsided, FOUR.findall(rule)))]
    assert wrong == []


def is_lopsided(declaration: tuple[str, str]) -> bool:
    """Whether a shorthand of four values sets left and right apart."""
    values = re.findall(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+", declaration[1])
    return len(values) == 4 and values[1] != values[3]
