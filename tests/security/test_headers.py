"""The headers of every page, for every kind of visitor, and the cookies on http and https."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.security.conftest import WHO, House
from tests.security.walking import Place, places
from tests.support.server import database_url

pytestmark = pytest.mark.django_db
STRICT = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
# The same for everybody, and kept by caches.
OF_EVERYONE = ("", "favicon.ico", "robots.txt", "sitemap.xml", "ui/brand.css", "ui/mark.svg", "chat/embed.js",
               "community/feed.atom", "community/c/<slug:slug>/feed.atom")  # fmt: skip


def policy_of(place: Place, header: str) -> str:
    """What is wrong with a page's policy; empty when nothing is."""
    rules = {rule.strip() for rule in header.split(";")}
    if place.route.startswith("backoffice/"):
        wanted = {"default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"}
        loose = "unsafe-inline" in "".join(rule for rule in rules if rule.startswith("script-src"))
        return "scripts run inline" if loose else ", ".join(sorted(wanted - rules))
    missing = ", ".join(sorted(STRICT - rules))
    return missing or ("unsafe" if "unsafe" in header or " *" in header or "http:" in header else "")


@pytest.mark.parametrize("who", WHO)
def test_every_page_has_its_headers_and_no_cache_keeps_what_is_somebodys(house: House, who: str) -> None:
    browser, wrong, seen = house.browser(who), [], 0
    for place in places(house.ids):
        if place.route in {"account/logout/", "backoffice/logout/"}:
            continue
        answer = browser.get(place.path)
        seen += answer.status_code == 200
        expected = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        wrong += [
            f"{place.path} ({answer.status_code}): {name} is {answer.get(name)}"
            for name, value in expected.items()
            if answer.get(name) != value
        ]
        if fault := policy_of(place, answer.get("Content-Security-Policy", "")):
            wrong.append(f"{place.path} ({answer.status_code}): the policy lacks {fault}")
        if who != "guest" and place.route not in OF_EVERYONE and "no-store" not in answer.get("Cache-Control", ""):
            wrong.append(f"{place.path} ({answer.status_code}): caches keep it, {answer.get('Cache-Control')}")
        if answer.status_code == 500 or "Server" in answer.headers or "X-Powered-By" in answer.headers:
            wrong.append(f"{place.path}: {answer.status_code}")
    assert wrong == []
    assert seen >= {"guest": 15, "customer": 25, "staff": 40}[who]


def test_no_cache_keeps_a_page_behind_a_mailed_link(db: None) -> None:
    paths = [place.path for place in places() if "<str:token>" in place.route or "<str:key>" in place.route]
    assert len(paths) >= 8
    assert [path for path in paths if "no-store" not in Client().get(path).get("Cache-Control", "")] == []


def test_cookies_on_plain_http_are_closed_to_scripts_and_other_sites(house: House) -> None:
    browser = Client()
    browser.get("/account/login/")
    browser.post("/account/login/", {"login": house.ada.email, "password": "seven quiet herons wade"})
    assert {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME} <= set(browser.cookies)
    for name, cookie in browser.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] in {"Lax", "Strict"}, name
        assert not cookie["domain"], name
        assert not cookie["secure"], "plain http is for loopback only, where browsers refuse secure cookies"


ON_HTTPS = """
import json, django
from django.conf import settings
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
django.setup()
from django.test import Client
browser = Client(headers={"host": "desk.example"})
answer = browser.get("/account/login/", secure=True)
browser.post("/account/login/", {"login": "ada@example.org", "password": "seven quiet herons wade"}, secure=True)
cookies = {name: dict(cookie) for name, cookie in browser.cookies.items()}
print(json.dumps({"cookies": cookies, "hsts": answer.get("Strict-Transport-Security")}))
"""


@pytest.mark.django_db(transaction=True)
def test_cookies_on_https_are_bound_to_the_host_and_the_connection(house: House, tmp_path: Path) -> None:
    environment = {
        "PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin", "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "frontdesk.project.settings", "FRONTDESK_DATA": str(tmp_path),
        "FRONTDESK_URL": "https://desk.example",
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-c", ON_HTTPS], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["hsts"].startswith("max-age=31536000")
    assert {"__Host-session", "__Host-csrf"} <= set(told["cookies"])
    for name, cookie in told["cookies"].items():
        assert cookie["secure"], name
        assert cookie["httponly"], name
        if cookie["max-age"] == 0:  # taken back, which keeps nothing: the guest's chat has a path of its own
            assert name == "__Secure-chat"
            continue
        assert name.startswith("__Host-"), name
        assert cookie["path"] == "/", name
        assert not cookie["domain"], name
        assert cookie["samesite"] in {"Lax", "Strict"}, name
