"""The program: install, first start, every later start."""

from pathlib import Path

from examples.halcyon_shield import NAME, VERSION, dialogs, installer
from examples.halcyon_shield.screen import Screen

from frontdesk_client import Client, FrontdeskError, Standing, errors, read_code
from frontdesk_client.doctor import GOOD, Doctor

OK, LEFT, BROKEN, REFUSED, TRY_LATER, ON_THIS_DEVICE = 0, 1, 2, 3, 4, 5


class App:
    """One run of the product. ``interactive``: somebody is there to answer questions."""

    def __init__(
        self, *, client: Client, screen: Screen, folder: Path, data: Path, trust_root: str, interactive: bool
    ) -> None:
        self._client = client
        self._screen = screen
        self._folder = folder
        self._data = data
        self._trust_root = trust_root
        self._interactive = interactive

    # --- install

    def install(self) -> int:
        """Put the product in its folder, with steps and progress on the screen."""
        screen = self._screen
        screen.title(NAME, f"Setup, version {VERSION}")
        try:
            screen.step(1, 4, "Looking for room")
            free = installer.check_room(self._folder)
            screen.say(f"  {self._folder}  ({free // 1_000_000:,} MB free)")
            screen.step(2, 4, "Copying")
            installer.install(self._folder, screen.progress)
            screen.step(3, 4, "Verifying what was copied")
            screen.say(f"  {installer.verify(self._folder)} files, each as the vendor packed it.")
        except installer.InstallFailedError as error:
            screen.bad("The installation did not succeed")
            screen.say(str(error))
            return BROKEN
        screen.step(4, 4, "Ready")
        screen.good(f"{NAME} is installed.")
        return OK

    # --- start

    def start(self, code: str) -> int:
        """Start the product: with the lease it has, else by activating it."""
        if not installer.is_installed(self._folder):
            outcome = self.install()
            if outcome != OK:
                return outcome
        self._screen.title(NAME, VERSION)
        try:
            standing = self._standing(code)
        except EOFError:
            self._screen.say("", "Nothing was changed. Start again whenever you like.")
            return LEFT
        except FrontdeskError as error:
            dialogs.explain(self._screen, self._client, error)
            return exit_code(error)
        self.show(standing)
        self._protect()
        self._client.settle(10)
        return OK

    def status(self) -> int:
        """Show what is licensed, from this device alone."""
        self._screen.title(NAME, VERSION)
        found = self._client.status()
        if found.standing is None:
            error = found.problem or errors.NotActivated()
            dialogs.explain(self._screen, self._client, error)
            return exit_code(error)
        self.show(found.standing)
        return OK

    def deactivate(self) -> int:
        """Give the seat back."""
        self._screen.title(NAME, VERSION)
        try:
            self._client.deactivate()
        except FrontdeskError as error:
            dialogs.explain(self._screen, self._client, error)
            return exit_code(error)
        self._screen.good("This device's seat is free again.")
        return OK

    def show(self, standing: Standing) -> None:
        """What is licensed, until when, on how many devices."""
        license_, lease = standing.license, standing.lease
        screen = self._screen
        screen.good("Licensed" if license_.status == "active" else f"Licensed ({license_.status}: please renew)")
        rows = [
            ("Plan", license_.plan),
            ("Licensed until", dialogs.day(lease.license_expires_at)),
            ("Devices", screen.meter(license_.devices_used, license_.device_limit)),
            ("Runs offline until", dialogs.day(lease.expires_at)),
        ]
        if lease.features:
            rows.insert(1, ("Features", ", ".join(lease.features)))
        screen.rows(rows)
        if standing.refresh_due:
            screen.warn("The licence could not be confirmed today.")
            screen.say(f"That is fine: it runs without a connection until {dialogs.day(lease.expires_at)}.")

    # --- the parts

    def _standing(self, code: str) -> Standing:
        try:
            return self._client.check(wait=True)
        except errors.NotActivated:
            pass
        except FrontdeskError as error:
            if not self._interactive and not code:
                raise
            if not code:
                return self._talk(error, code)
        if not code:
            self._welcome()
            code = self._screen.ask("Activation code:")
        return self._activate(code)

    def _welcome(self) -> None:
        self._screen.say("", "Welcome. Enter the activation code from your card or mail.")
        self._screen.say("Capitals, spaces and hyphens do not matter; a whole line from a mail may be pasted.", "")

    def _activate(self, code: str) -> Standing:
        try:
            return self._attempt(code)
        except FrontdeskError as error:
            if not self._interactive:
                raise
            return self._talk(error, code)

    def _attempt(self, code: str) -> Standing:
        read_code(code)  # a typo is named before anything is sent
        self._screen.say("", "Verifying your code with the licence server …")
        standing = self._client.activate(code)
        self._screen.good("Your code is right. Welcome!" if standing.new_seat else "This device was known already.")
        return standing

    def _talk(self, error: FrontdeskError, code: str) -> Standing:
        """Explain, offer the next steps, and do the chosen one, until the product may run or the person leaves."""
        explained: FrontdeskError | None = None
        while True:
            if error is not explained:
                dialogs.explain(self._screen, self._client, error)
                explained = error
            choice = self._screen.choose(dialogs.next_steps(error))
            if choice == dialogs.QUIT:
                raise EOFError
            try:
                if choice == dialogs.RETYPE or (not code and choice in {dialogs.OFFLINE, dialogs.OWNER}):
                    code = self._screen.ask("Activation code:")
                standing = self._do(choice, code, error)
            except FrontdeskError as newer:
                error = newer
                continue
            if standing is not None:
                return standing

    def _do(self, choice: str, code: str, error: FrontdeskError) -> Standing | None:
        if choice == dialogs.MANAGE:
            dialogs.open_page(self._screen, str(error.members().get("manage_url") or self._client.server))
            return None
        if choice == dialogs.DOCTOR:
            self._examine(code)
            return None
        if choice == dialogs.OWNER:
            return dialogs.ask_owner(self._screen, self._client, code)
        if choice == dialogs.OFFLINE:
            return dialogs.go_offline(self._screen, self._client, code, self._data)
        if not code:
            return self._client.check(wait=True)
        return self._attempt(code)

    def _examine(self, code: str) -> None:
        self._screen.say("")
        for finding in Doctor(self._client.server, trust_root=self._trust_root, code=code).walk():
            mark = "  ok " if finding.state == GOOD else "  !! "
            self._screen.say(
                f"{mark}{finding.seen}", *([f"     What to do: {finding.remedy}"] if finding.remedy else [])
            )

    def _protect(self) -> None:
        """What the product is bought for. This one only pretends."""
        rules = (self._folder / "rules.txt").read_text(encoding="utf-8").splitlines()
        names = [line.split()[0] for line in rules if line and not line.startswith("#")]
        self._screen.say("")
        for done, name in enumerate(names, start=1):
            self._screen.progress(done, len(names), f"checking {name}" if done < len(names) else "all checks passed")
        self._screen.good("You are protected.")
        self._screen.say("")


def exit_code(error: FrontdeskError) -> int:
    """What a script that starts the product gets to know."""
    if isinstance(error, errors.NoConnection | errors.ServerAnswerInvalid):
        return TRY_LATER
    if isinstance(error, errors.Refusal):
        return TRY_LATER if error.is_servers_fault else REFUSED
    return ON_THIS_DEVICE
