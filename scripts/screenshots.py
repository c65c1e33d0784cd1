"""The main pages as pictures: wide and narrow, light and dark, as visitor, customer and staff, into screenshots/.

Runs against a demo of its own, which is started for it and removed afterwards.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin

from playwright.sync_api import Browser, StorageState, sync_playwright
from pyotp import TOTP

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "screenshots"
PORT = os.environ.get("PORT", "8790")
WIDTHS = {"wide": 1280, "narrow": 390}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@dataclass(frozen=True)
class Shot:
    """A page: its name, its address, and as whom it is seen (an e-mail address of the demo; nobody by default).

    `follow` names a link's address by its beginning: the first such link of the page is opened.
    """

    name: str
    path: str
    person: str = ""
    follow: str = ""


ADA, DARIO, CORA, ADMIN = (
    "ada@customer.example", "dario@customer.example", "cora@customer.example", "adam.admin@halcyon.example",
)  # fmt: skip
RITA, PAVEL, TONI, MANAGER = (
    "rita@customer.example", "pavel@customer.example", "toni@customer.example", "mona.manager@halcyon.example",
)  # fmt: skip
SHOTS = (
    Shot("start", "/"),
    Shot("product", "/products/halcyon-shield/"),
    Shot("shop", "/shop/halcyon-shield/"),
    Shot("checkout-guest", "/shop/halcyon-shield/plus-3/?country=DE"),
    Shot("downloads", "/downloads/"),
    Shot("sign-in", "/account/login/"),
    Shot("sign-up", "/account/signup/"),
    Shot("forgotten-password", "/account/password/reset/"),
    Shot("help", "/help/"),
    Shot("help-category", "/help/signing-in/"),
    Shot("help-article", "/help/articles/lost-password/"),
    Shot("help-guide", "/help/articles/cannot-sign-in/"),
    Shot("help-reason", "/help/r/device_limit_reached"),
    Shot("activate-guest", "/activate/"),
    Shot("offline", "/offline/"),
    Shot("legal", "/legal/imprint/"),
    Shot("not-found", "/nothing-here/"),
    Shot("mailbox", "/demo/mailbox/"),
    Shot("api-docs", "/api/v1/docs"),
    Shot("parts", "/ui/"),
    Shot("home", "/home/", ADA),
    Shot("home-two-codes", "/home/", DARIO),
    Shot("home-expired-german", "/home/", CORA),
    Shot("activate", "/activate/", ADA),
    Shot("license-at-the-limit", "/home/", ADA, follow="/licenses/"),
    Shot("license-two-codes", "/home/", DARIO, follow="/licenses/"),
    Shot("license-expired", "/home/", CORA, follow="/licenses/"),
    Shot("test-bank", "/sandbox/desk/", ADA),
    Shot("messages", "/messages/", ADA),
    Shot("security", "/account/security/", ADA),
    Shot("billing", "/billing/", RITA),
    Shot("billing-past-due", "/billing/", PAVEL),
    Shot("billing-trial", "/billing/", TONI),
    Shot("checkout", "/shop/halcyon-shield/plus-3/?country=DE&added_devices=2", RITA),
    Shot("switch", "/billing/", RITA, follow="/billing/subscriptions/"),
    Shot("methods", "/billing/methods/", RITA),
    Shot("payments", "/billing/payments/", RITA),
    Shot("desk-inbox", "/desk/inbox/?view=all", MANAGER),
    Shot("desk-conversation", "/desk/inbox/?view=all", MANAGER, follow="/desk/inbox/"),
    Shot("desk-find", "/desk/customers/?q=customer", MANAGER),
    Shot("desk-customer", "/desk/failed-payments/", MANAGER, follow="/desk/customers/"),
    Shot("desk-payment", "/desk/disputes/", MANAGER, follow="/desk/payments/"),
    Shot("desk-articles", "/desk/articles/", MANAGER),
    Shot("desk-article-new", "/desk/articles/new/", MANAGER),
    Shot("desk-failed-payments", "/desk/failed-payments/", MANAGER),
    Shot("desk-disputes", "/desk/disputes/", MANAGER),
    Shot("desk-declarations", "/desk/declarations/", MANAGER),
    Shot("desk-webhooks", "/desk/webhooks/", MANAGER),
    Shot("desk-reports", "/desk/reports/", MANAGER),
    Shot("desk-accounting", "/desk/accounting/", MANAGER),
    Shot("desk-support-reports", "/desk/reports/support/?days=90&by=area", MANAGER),
    Shot("desk-team", "/desk/team/", MANAGER),
    Shot("desk-agent", "/desk/team/", MANAGER, follow="/desk/team/"),
    Shot("desk-levels", "/desk/levels/", MANAGER),
    Shot("desk-promise", "/desk/levels/", MANAGER, follow="/desk/levels/"),
    Shot("desk-hours", "/desk/levels/", MANAGER, follow="/desk/calendars/"),
    Shot("desk-rules", "/desk/rules/", MANAGER),
    Shot("desk-rule", "/desk/rules/", MANAGER, follow="/desk/rules/"),
    Shot("desk-rule-new", "/desk/rules/new/", MANAGER),
    Shot("back-office", "/backoffice/", ADMIN),
    Shot("back-office-coupons", "/backoffice/billing/coupon/", ADMIN),
    Shot("back-office-licences", "/backoffice/licensing/license/", ADMIN),
    Shot("back-office-batches", "/backoffice/licensing/batch/", ADMIN),
)


def main() -> int:
    """Walk the list; names given on the command line choose from it. Exit status 1 when a page does not come out."""
    chosen = [shot for shot in SHOTS if not sys.argv[1:] or shot.name in sys.argv[1:]]
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir()
    with _demo() as facts, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        signed_in = {email: _sign_in(browser, facts, email) for email in {shot.person for shot in chosen} - {""}}
        faults = [fault for shot in chosen for fault in _take(browser, facts["url"], shot, signed_in.get(shot.person))]
        browser.close()
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    sys.stdout.write(f"{len(list(TARGET.glob('*.png')))} pictures in {TARGET}\n")
    return 1 if faults else 0


@contextmanager
def _demo() -> Iterator[dict[str, Any]]:
    """A demo of its own, served while the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="fds"))
    environment = {**os.environ, "FRONTDESK_DATA": str(folder / "d"), "PORT": PORT}
    program = [sys.executable, "-m", "frontdesk.project.cli", "demo"]
    with subprocess.Popen([*program, "run"], env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None  # noqa: S101 - a pipe was asked for
            next(line for line in server.stdout if "front desk is open" in line)
            yield json.loads(subprocess.check_output([*program, "facts"], env=environment))
        finally:
            server.terminate()
            server.wait()
            subprocess.run([*program, "reset"], env=environment, check=False, stdout=subprocess.DEVNULL)
            shutil.rmtree(folder, ignore_errors=True)


def _take(browser: Browser, url: str, shot: Shot, state: StorageState | None) -> Iterator[str]:
    for scheme in SCHEMES:
        context = browser.new_context(color_scheme=scheme, base_url=url, storage_state=state)
        page = context.new_page()
        for name, width in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": 900})
            answer = page.goto(shot.path)
            leads_on = f'main a[href^="{shot.follow}"]:not([href^="{shot.follow}?"])'
            if shot.follow and (link := page.query_selector(leads_on)):
                answer = page.goto(urljoin(url, str(link.get_attribute("href"))))
            if answer is None or (answer.status >= 400 and shot.name != "not-found"):
                yield f"{shot.name}: {answer.status if answer else 'no answer'}"
            page.screenshot(path=TARGET / f"{shot.name}-{name}-{scheme}.png", full_page=True)
        context.close()


def _sign_in(browser: Browser, facts: dict[str, Any], email: str) -> StorageState:
    """By the form, as people do, once: an authenticator's digits are accepted only once."""
    person = next(each for each in facts["people"] if each["email"] == email)
    context = browser.new_context(base_url=facts["url"])
    page = context.new_page()
    page.goto("/account/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", person["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()
    if person["totp_secret"]:
        page.fill("input[name=code]", TOTP(person["totp_secret"]).now())
        page.press("input[name=code]", "Enter")
        page.wait_for_load_state()
    state = context.storage_state()
    context.close()
    return state


if __name__ == "__main__":
    sys.exit(main())
