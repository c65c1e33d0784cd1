"""The code field in a real browser: formats while one types, names the wrong group, takes a whole mail."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VECTORS = json.loads((Path(__file__).parents[2] / "contract" / "codes.json").read_text())
GOOD: str = VECTORS["valid"][0]["code"]


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{live_server.url}/ui/")
    page.wait_for_selector("html[data-ready]")
    yield page
    context.close()


@pytest.fixture
def field(page: Page) -> Locator:
    return page.locator("#plain_code")


def says(page: Page) -> Locator:
    return page.locator("#plain_code_says")


def paste(page: Page, field: Locator, text: str) -> None:
    field.focus()
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def test_it_formats_and_forgives_while_one_types(page: Page, field: Locator) -> None:
    field.press_sequentially(GOOD.lower().replace("-", " ").replace("0", "o").replace("1", "l"))
    expect(field).to_have_value(GOOD)
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(says(page)).to_have_text("The code reads well.")


def test_it_names_the_wrong_group(page: Page, field: Locator) -> None:
    groups = GOOD.split("-")
    groups[2] = groups[2][:4] + ("A" if groups[2][4] != "A" else "B")
    field.press_sequentially("".join(groups))
    expect(says(page)).to_have_text(
        f"There is a typo in the third group. Compare {groups[2]} with your card, letter by letter."
    )
    expect(field).to_have_attribute("aria-invalid", "true")
    assert (field.get_attribute("aria-describedby") or "").endswith("plain_code_says")


def test_a_letter_that_no_code_has_is_named_at_once(page: Page, field: Locator) -> None:
    field.press_sequentially(GOOD[:5] + "U")
    expect(says(page)).to_contain_text("second group")


def test_it_takes_a_whole_mail(page: Page, field: Locator) -> None:
    paste(page, field, f"Hello there, these words would stand first.\n\nYour code: {GOOD}\nThank you.\n")
    expect(field).to_have_value(GOOD)
    expect(says(page)).to_have_text("We found the code in what you pasted.")


def test_a_text_without_a_code_changes_nothing(page: Page, field: Locator) -> None:
    field.press_sequentially(GOOD[:7])
    paste(page, field, "Nothing of use stands in this long text, however often one reads it.")
    expect(field).to_have_value(GOOD[:7])
    expect(says(page)).to_have_text("There is no activation code in what you pasted.")


def test_correcting_in_the_middle_keeps_the_caret(page: Page, field: Locator) -> None:
    field.press_sequentially(GOOD)
    field.evaluate("(input) => input.setSelectionRange(6, 6)")
    page.keyboard.press("Backspace")
    page.keyboard.press(GOOD[4])
    expect(field).to_have_value(GOOD)
    assert field.evaluate("(input) => input.selectionStart") == 5


def test_the_check_symbols_agree_with_the_contract(page: Page) -> None:
    wrong = page.evaluate(
        """async (rows) => {
          const { checkSymbol } = await import("/static/ui/js/code.js");
          return rows.filter(({ symbols, check }) => checkSymbol(symbols) !== check);
        }""",
        VECTORS["check_symbols"],
    )
    assert wrong == []


def test_without_scripts_it_is_one_plain_input(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/ui/")
    field = page.locator("#plain_code")
    field.fill(f"Your code: {GOOD}")
    expect(field).to_have_value(f"Your code: {GOOD}")
    expect(page.locator("#code .code-groups").first).to_be_hidden()
    context.close()


def test_the_qr_code_of_a_card_fills_the_field_and_leaves_no_trace(page: Page, field: Locator) -> None:
    address = page.url
    page.goto("about:blank")
    page.goto(f"{address}#{GOOD}")
    page.wait_for_selector("html[data-ready]")
    expect(field).to_have_value(GOOD)
    expect(says(page)).to_have_text("The code reads well.")
    assert page.url == address
