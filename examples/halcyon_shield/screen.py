"""A calm plain-text screen: headings, rows, a progress bar, questions. Colour and signs only where they are shown."""

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TextIO

WIDEST = 72


class Screen:
    """Writes to one terminal (or a pipe) and reads answers line by line."""

    def __init__(self, out: TextIO | None = None, source: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._source = source or sys.stdin
        self._live = self._out.isatty()
        self._colour = self._live and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self._signs = (self._out.encoding or "").lower().replace("-", "") in {"utf8", "utf16"}
        self._width = min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns - 1)

    # --- writing

    def title(self, name: str, under: str) -> None:
        """The head of the program."""
        diamond = "◆" if self._signs else "*"
        self._line()
        self._line(f"  {self._paint(diamond, '36')} {self._paint(name, '1')}  {self._paint(under, '2')}")
        self._line(f"  {self._paint(self._rule(), '2')}")

    def step(self, number: int, of: int, text: str) -> None:
        """The beginning of a step."""
        self._line()
        self._line(f"  {self._paint(f'Step {number} of {of}', '36')}  {text}")

    def say(self, *lines: str) -> None:
        """Running text, indented; what is too long for the screen goes on in the next line. Addresses stay whole."""
        for line in lines:
            indent = " " * (2 + len(line) - len(line.lstrip()))
            wrapped = textwrap.wrap(
                line.strip(),
                width=self._width,
                initial_indent=indent,
                subsequent_indent=indent,
                break_long_words=False,
                break_on_hyphens=False,
            )
            for part in wrapped or [""]:
                self._line(part)

    def good(self, text: str) -> None:
        self._marked("✓" if self._signs else "ok", text, "32")

    def warn(self, text: str) -> None:
        self._marked("!", text, "33")

    def bad(self, text: str) -> None:
        self._marked("✕" if self._signs else "x", text, "31")

    def rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names and values under each other."""
        widest = max((len(name) for name, _ in rows), default=0)
        for name, value in rows:
            self._line(f"    {self._paint(name.ljust(widest), '2')}   {value}")

    def meter(self, used: int, limit: int) -> str:
        """How many of a few are taken, as a row of boxes."""
        full, empty = ("■", "□") if self._signs else ("#", ".")
        boxes = full * min(used, limit) + empty * max(limit - used, 0) if limit <= 20 else ""
        return f"{boxes}  {used} of {limit}".strip()

    def progress(self, done: int, of: int, text: str) -> None:
        """A bar that grows in place; in a pipe only its end is written."""
        share = done / of if of else 1.0
        if not self._live and share < 1:
            return
        width = 28
        filled = round(share * width)
        full, empty = ("█", "░") if self._signs else ("#", "-")
        bar = self._paint(full * filled, "36") + self._paint(empty * (width - filled), "2")
        line = f"    {bar} {share:4.0%}  {text}"
        if self._live:
            self._write(f"\r\x1b[2K{line}" + ("\n" if share >= 1 else ""))
        else:
            self._line(line)

    # --- asking

    def ask(self, question: str) -> str:
        """One line of answer, without the white space around it. Raises ``EOFError`` when nobody is there."""
        self._write(f"  {self._paint(question, '1')} ")
        answer = self._source.readline()
        if not self._source.isatty():
            self._line()
        if not answer:
            raise EOFError
        return answer.strip()

    def choose(self, choices: Sequence[tuple[str, str]]) -> str:
        """One of (key, text): asks until an answer fits. The first is taken for an empty answer."""
        self._line()
        for key, text in choices:
            self._line(f"    {self._paint(f'[{key}]', '36')} {text}")
        keys = [key for key, _ in choices]
        while True:
            answer = self.ask(f"Your choice [{keys[0]}]:").lower() or keys[0]
            if answer in keys:
                return answer
            self.say(f"Please type one of: {', '.join(keys)}.")

    # --- the parts

    def _marked(self, mark: str, text: str, colour: str) -> None:
        self._line()
        self._line(f"  {self._paint(mark, colour)} {self._paint(text, '1')}")

    def _rule(self) -> str:
        return ("─" if self._signs else "-") * (self._width - 4)

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour and text else text

    def _line(self, text: str = "") -> None:
        self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        """Signs that this terminal does not have must not stop the program."""
        encoding = self._out.encoding or "utf-8"
        self._out.write(text.encode(encoding, "replace").decode(encoding))
        self._out.flush()
