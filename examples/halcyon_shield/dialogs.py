"""From a refusal to a way on: what happened, what to do, and the next step right there."""

import json
import webbrowser
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

from examples.halcyon_shield.screen import Screen

from frontdesk_client import Client, FrontdeskError, Standing, errors
from frontdesk_client.codes import GROUP_LENGTH, GROUPS

QUIT, AGAIN, RETYPE, OWNER, MANAGE, OFFLINE, DOCTOR = "q", "r", "c", "a", "m", "o", "d"
_NETWORK = (errors.NoConnection, errors.ServerAnswerInvalid)


def explain(screen: Screen, client: Client, error: FrontdeskError) -> None:
    """Say what happened and what to do; nobody is blamed."""
    screen.bad(error.title)
    if isinstance(error, errors.CodeMalformed) and error.read_as:
        _point_at(screen, error)
    if error.detail:
        screen.say(error.detail)
    if isinstance(error, errors.SwapLimitReached) and error.retry_at:
        screen.say(f"The next new device is possible from {day(error.retry_at)}.")
    if error.remedy:
        screen.say("", f"What to do: {error.remedy}")
    if isinstance(error, errors.DeviceLimitReached) and error.manage_url:
        screen.say(f"Your devices:    {error.manage_url}")
    screen.say(f"More about this: {urljoin(client.server, error.help_url)}")


def next_steps(error: FrontdeskError) -> list[tuple[str, str]]:
    """The choices that fit an error, the likeliest first."""
    leave = (QUIT, "leave for now")
    if isinstance(error, errors.DeviceLimitReached):
        return [
            (OWNER, "ask the owner of the licence to replace a device by this one"),
            (MANAGE, "open the page where the owner sees and frees devices"),
            (AGAIN, "try again (a device has been freed)"),
            (RETYPE, "use another code"),
            leave,
        ]
    if isinstance(error, _NETWORK) or (isinstance(error, errors.Refusal) and error.status >= 500):
        return [
            (AGAIN, "try again"),
            (OFFLINE, "activate without a connection"),
            (DOCTOR, "find out what is in the way"),
            leave,
        ]
    if isinstance(error, errors.ClockWrong | errors.LeaseExpired | errors.TooManyAttempts | errors.LicenseSuspended):
        return [(AGAIN, "try again"), (RETYPE, "use another code"), leave]
    return [(RETYPE, "enter the code again, or another one"), (AGAIN, "try again as it was"), leave]


def open_page(screen: Screen, url: str, open_browser: Callable[[str], bool] = webbrowser.open) -> None:
    """Open a page in the browser, or show its address where there is none."""
    screen.say("", f"Opening {url}")
    if not url.startswith(("https://", "http://")) or not open_browser(url):
        screen.say("No browser was found: open the address above on any device.")


def ask_owner(screen: Screen, client: Client, code: str) -> Standing:
    """Ask the owner for a replacement and wait. Raises ``FrontdeskError``."""
    screen.say("", "The owner of the licence gets a mail now, with a link to choose the device to replace.")
    screen.say("You can wait here; nothing else is needed on this device.")
    return client.replace(
        code, on_wait=lambda _, seconds: screen.say(f"… no answer yet, asking again in {seconds:.0f} s")
    )


def go_offline(screen: Screen, client: Client, code: str, folder: Path) -> Standing:
    """Walk through offline activation. Raises ``FrontdeskError``."""
    request = folder / "halcyon-shield-request.json"
    folder.mkdir(parents=True, exist_ok=True)
    request.touch(mode=0o600)
    request.write_text(json.dumps(client.request_offline(code), indent=1), encoding="utf-8")
    screen.say("", "Without a connection it takes three steps:")
    screen.say(
        f"1. Take this file to a device with internet:  {request}",
        f"2. Open {urljoin(client.server, 'offline/')} there, upload it, save the answer.",
        "3. Bring the answer back here and name it below.",
        "",
    )
    while True:
        path = Path(screen.ask("Where is the answer file?")).expanduser()
        try:
            return client.complete_offline(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, AttributeError):
            screen.say(f"{path} cannot be read as an answer file.")


def day(moment: datetime) -> str:
    """A day and time in the reader's own zone."""
    return moment.astimezone().strftime("%d %B %Y, %H:%M")


def _point_at(screen: Screen, error: errors.CodeMalformed) -> None:
    wrong = error.wrong_groups
    marks = [("^" if number in wrong else " ") * GROUP_LENGTH for number in range(1, GROUPS + 1)]
    screen.say("", f"    {error.read_as}", f"    {' '.join(marks)}".rstrip())
