"""The builds of a product as the download pages show them: the visitor's own platform first."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Person
from frontdesk.catalog import releases
from frontdesk.catalog.models import Platform, Product, Release, ReleaseFile
from frontdesk.licensing.downloads import may_download

_COMMANDS = {
    Platform.WINDOWS: "certutil -hashfile {} SHA256",
    Platform.MACOS: "shasum -a 256 {}",
    Platform.LINUX: "sha256sum {}",
}
_ENTER = _("Enter your code when it asks for it.")
_STEPS: dict[str, tuple[Promise, ...]] = {
    Platform.WINDOWS: (_("Open the file you downloaded."), _("Follow the steps; they show how far it is."), _ENTER),
    Platform.MACOS: (_("Open the file and drag the product into Applications."), _("Start it from there."), _ENTER),
    Platform.LINUX: (_("Unpack the file, or make it executable."), _("Start it and follow the steps."), _ENTER),
    Platform.ANDROID: (_("Open the file and allow it to be installed."), _("Start it from your apps."), _ENTER),
}
_ANY_STEPS = (_("Open the file you downloaded."), _ENTER)


@dataclass(frozen=True)
class Build:
    """The newest file for one platform; `suggested` when it fits the visitor's machine, `allowed` for this visitor."""

    file: ReleaseFile
    release: Release
    suggested: bool
    allowed: bool

    @property
    def platform_name(self) -> str:
        """The platform in words."""
        return str(self.file.get_platform_display())

    @property
    def install_steps(self) -> tuple[Promise, ...]:
        """How to install it there, step by step."""
        return _STEPS.get(self.file.platform, _ANY_STEPS)

    @property
    def verify_command(self) -> str:
        """What prints the file's SHA-256 on that platform; empty where there is no such command."""
        template = _COMMANDS.get(Platform(self.file.platform), "")
        return template.format(self.file.filename) if " " not in self.file.filename else ""


def builds_of(product: Product, platform: Platform | None, person: Person | None) -> list[Build]:
    """The newest file of every platform, the suggested one first, for this person (None: a visitor)."""
    found = releases.downloads(product)
    # All files that come with a licence come with the same one, so that one question answers for all.
    kept = next((each.file for each in found if not each.release.is_public), None)
    entitled = kept is not None and may_download(person, kept)
    builds = [
        Build(each.file, each.release, each.file.platform == platform, each.release.is_public or entitled)
        for each in found
    ]
    return sorted(builds, key=lambda build: not build.suggested)
