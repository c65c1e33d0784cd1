"""The second step within allauth's sign-in."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.stages import LoginStage
from django.http import HttpResponse
from django.shortcuts import redirect

from frontdesk.accounts.browsers import remembering
from frontdesk.accounts.factors.ways import Way, ways_of
from frontdesk.accounts.models import Person

BY_MAIL = "code"


class SecondStep(LoginStage):  # type: ignore[misc] # allauth is untyped
    """Asked of everybody who has a way for it, unless the first step was worth two or the browser is remembered."""

    key = "mfa_authenticate"
    urlname = "mfa_authenticate"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Send the person to the page of the second step, or go on."""
        person = self.login.user
        if person is None or not self.choices(person) or self._is_done(person):
            return None, True
        return redirect("mfa_authenticate"), True

    def choices(self, person: Person) -> list[Way]:
        """The ways open in this sign-in: after a mailed code, another mailed code would prove nothing new."""
        ways = ways_of(person)
        if not any(record.get("method") == BY_MAIL for record in self._records(person)):
            return ways
        ways = [way for way in ways if way != Way.MAIL]
        return ways if set(ways) - {Way.RECOVERY} else []

    def _is_done(self, person: Person) -> bool:
        if any(record.get("passwordless") for record in self._records(person)):
            return True
        return remembering.is_remembered(self.request, person)

    def _records(self, person: Person) -> list[dict[str, object]]:
        records: list[dict[str, object]] = get_authentication_records(self.request, person)
        return records
