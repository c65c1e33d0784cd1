"""One side of a chat as a program that does what the chat's pages do, over the same addresses and streams.

It keeps what it has not got through under the number that it gave it, sends one after the other, asks for what follows
the last that it shows whenever its stream wakes it, comes back with jitter, and looks for itself without a stream.
"""

import random
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from typing import Protocol
from uuid import UUID, uuid4

import httpx

from tests.support.streams import Listener

LOOK_SECONDS = 1.5  # between looking for itself; pages take six, which only makes a test longer
LONGEST_PAUSE = 2.0
PATIENCE_SECONDS = 10.0
TOKEN = re.compile(r'name="(?:csrfmiddlewaretoken"\s+value|csrf-token"\s+content)="([^"]+)"')
SAID = re.compile(r'<div class="(?:said|chat-bubble)[^"]*"[^>]*>\s*(?:<p>)?(.*?)(?:</p>)?\s*</div>', re.DOTALL)
PLACE = re.compile(r'data-(say|news|live-ticket)="(/[^"]+)"')
PIECE = {"Frontdesk-Chat": "piece"}
Line = tuple[int, str]  # a message's sequence, and its words
GONE = (httpx.HTTPError, OSError, EOFError, ValueError, IndexError, KeyError)  # cut anywhere, be it in an answer


class NotTaken(Exception):
    """The server answered, but did not take it now (too many at once, or it is just starting)."""


class Seat(Protocol):
    """Where one side sits: the addresses of its page, and how they are asked."""

    def enter(self, port: int, cookies: dict[str, str]) -> dict[str, str]:
        """Open the page; returns the cookies that it sets."""

    def say(self, browser: httpx.Client, words: str, number: UUID) -> None:
        """Post a message. Raises NotTaken, httpx.HTTPError."""

    def after(self, browser: httpx.Client, sequence: int) -> list[Line]:
        """What was said after a message. Raises as `say`."""

    def ticket(self, browser: httpx.Client) -> str:
        """A ticket for the stream of this page. Raises as `say`."""


class AgentSeat:
    """At the desk, on the page of the conversation."""

    def __init__(self, conversation: UUID) -> None:
        self._page = f"/desk/inbox/{conversation}/"
        self._token = ""

    def enter(self, port: int, cookies: dict[str, str]) -> dict[str, str]:
        """As `Seat`."""
        self._token, _page, made = _opened(port, cookies, self._page)
        return made

    def say(self, browser: httpx.Client, words: str, number: UUID) -> None:
        """As `Seat`."""
        form = {"client_id": str(number), "kind": "agent", "text": words, "csrfmiddlewaretoken": self._token}
        _taken(browser.post(f"{self._page}messages/", data=form, headers={"X-Part": "said"}))

    def after(self, browser: httpx.Client, sequence: int) -> list[Line]:
        """As `Seat`."""
        form = {"after": str(sequence), "answering": "0", "csrfmiddlewaretoken": self._token}
        news = _taken(browser.post(f"{self._page}news/", data=form)).json()
        return lines_in(news["messages"])

    def everything(self, port: int, cookies: dict[str, str]) -> list[Line]:
        """All that was said: a page that is loaded anew shows the newest two hundred, and the others by a press."""
        return lines_in(_opened(port, cookies, f"{self._page}?all")[1])

    def ticket(self, browser: httpx.Client) -> str:
        """As `Seat`."""
        return str(_taken(browser.get(f"{self._page}ticket/")).json()["ticket"])


class CustomerSeat:
    """In the portal, in the chat's room, whose page says where everything is."""

    def __init__(self, conversation: UUID) -> None:
        self._page = f"/chat/c/{conversation}/"
        self._token = ""
        self._places: dict[str, str] = {}

    def enter(self, port: int, cookies: dict[str, str]) -> dict[str, str]:
        """As `Seat`."""
        self._token, page, made = _opened(port, cookies, self._page)
        self._places = {name: unescape(place) for name, place in PLACE.findall(page)}
        return made

    def say(self, browser: httpx.Client, words: str, number: UUID) -> None:
        """As `Seat`."""
        form = {"client_id": str(number), "text": words}
        _taken(browser.post(self._places["say"], data=form, headers=PIECE | {"X-CSRFToken": self._token}))

    def after(self, browser: httpx.Client, sequence: int) -> list[Line]:
        """As `Seat`."""
        news = _taken(browser.get(self._places["news"], params={"after": sequence}, headers=PIECE)).json()
        return lines_in(news["lines"])

    def ticket(self, browser: httpx.Client) -> str:
        """As `Seat`."""
        return str(_taken(browser.get(self._places["live-ticket"])).json()["ticket"])


def _opened(port: int, cookies: dict[str, str], page: str) -> tuple[str, str, dict[str, str]]:
    """The page's token, the page itself, and the cookies that it sets."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", cookies=cookies, timeout=30) as browser:
        answer = browser.get(page)
        assert answer.status_code == 200, f"{page}: {answer.status_code}"
        found = TOKEN.search(answer.text)
        assert found is not None
        return found[1], answer.text, dict(answer.cookies)


def _taken(answer: httpx.Response) -> httpx.Response:
    """An answer as it is meant. Raises NotTaken."""
    if answer.status_code != 200:
        raise NotTaken(answer.status_code)
    return answer


def lines_in(markup: str) -> list[Line]:
    """The messages that a piece of a page shows, by their sequence; what only happened is none."""
    found = []
    for piece in markup.split('data-sequence="')[1:]:
        number, _quote, rest = piece.partition('"')
        said = SAID.search(rest)
        if said is not None:
            found.append((int(number), unescape(said[1]).strip()))
    return found


@dataclass(eq=False)
class Chatter:
    """One side. `shown` is what its page shows, in the order in which it came."""

    seat: Seat
    port: int
    cookies: dict[str, str]
    chance: random.Random
    doubled: float = 0.0  # how likely a message is posted twice, at once or late
    shown: list[Line] = field(default_factory=list)
    unsent: list[tuple[UUID, str]] = field(default_factory=list)
    reloads: int = 0
    refused: int = 0
    trouble: list[str] = field(default_factory=list)  # what no fault of the line explains

    def __post_init__(self) -> None:
        self._woken, self._written, self._over = threading.Event(), threading.Event(), threading.Event()
        self._page = threading.Lock()
        self._stream: Listener | None = None
        self._late: list[threading.Thread] = []
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._send, self._fetch, self._listen)]

    def __enter__(self) -> "Chatter":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._woken.set()
        self._written.set()
        self._hang_up()
        for thread in [*self._threads, *self._late]:
            thread.join(timeout=PATIENCE_SECONDS + 5)

    def write(self, words: str) -> None:
        """Type something and press Enter."""
        self.unsent.append((uuid4(), words))
        self._written.set()

    def reload(self) -> None:
        """The tab is loaded anew: it shows nothing, and has only what it could not send yet."""
        with self._page:
            self.shown.clear()
            self.reloads += 1
        self._hang_up()
        self._woken.set()

    def settle(self) -> None:
        """Wait for the copies of posts that are still under way."""
        for thread in self._late:
            thread.join(timeout=PATIENCE_SECONDS + 5)

    @property
    def words(self) -> list[str]:
        """What its page shows, without numbers."""
        return [words for _sequence, words in self.shown]

    def _browser(self) -> httpx.Client:
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            cookies=self.cookies,
            timeout=PATIENCE_SECONDS,
            headers={"Origin": f"http://127.0.0.1:{self.port}"},
        )

    def _send(self) -> None:
        with self._browser() as browser:
            while not self._over.is_set():
                if not self.unsent:
                    self._written.wait(0.5)
                    self._written.clear()
                    continue
                number, words = self.unsent[0]
                self._send_copies(words, number)
                if self._try(lambda: self.seat.say(browser, words, number)):  # noqa: B023 - called at once
                    self.unsent.pop(0)
                    self._woken.set()

    def _send_copies(self, words: str, number: UUID) -> None:
        """The same once more: at the same moment, or so late that others have come between."""
        if self.chance.random() >= self.doubled:
            return
        pause = self.chance.choice([0.0, 0.0, self.chance.uniform(0.2, 2.0)])

        def copy() -> None:
            time.sleep(pause)
            with self._browser() as browser, suppress(NotTaken, *GONE):
                self.seat.say(browser, words, number)

        self._late = [each for each in self._late if each.is_alive()]
        self._late.append(threading.Thread(target=copy, daemon=True))
        self._late[-1].start()

    def _fetch(self) -> None:
        with self._browser() as browser:
            while not self._over.is_set():
                self._woken.wait(LOOK_SECONDS * self.chance.uniform(0.8, 1.2))
                self._woken.clear()
                self._try(lambda: self._read(browser))

    def _read(self, browser: httpx.Client) -> None:
        while True:
            with self._page:
                page, last = self.reloads, self.shown[-1][0] if self.shown else 0
            found = self.seat.after(browser, last)
            with self._page:
                if page != self.reloads:
                    continue  # that was for the page before
                if not found:
                    return
                if [sequence for sequence, _words in found] != sorted({sequence for sequence, _words in found}):
                    self.trouble.append(f"out of order after {last}: {found}")
                if found[0][0] <= last:
                    self.trouble.append(f"shown before, after {last}: {found}")
                self.shown += found

    def _listen(self) -> None:
        with self._browser() as browser:
            while not self._over.is_set():
                self._try(lambda: self._follow(browser))

    def _follow(self, browser: httpx.Client) -> None:
        self._stream = Listener(self.port, tokens=[self.seat.ticket(browser)])
        try:
            if self._stream.status != 200:
                raise NotTaken
            while not self._over.is_set():
                self._stream.any(20)
                self._woken.set()
        finally:
            self._hang_up()

    def _hang_up(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _try(self, deed: Callable[[], None]) -> bool:
        """Do it, or wait a moment, the longer the more often it failed."""
        try:
            deed()
        except NotTaken:
            self.refused += 1
        except GONE:
            pass
        else:
            self._failures = 0
            return True
        self._failures = min(getattr(self, "_failures", 0) + 1, 5)
        self._over.wait(min(LONGEST_PAUSE, 0.05 * 2**self._failures) * self.chance.uniform(0.5, 1.0))
        return False
