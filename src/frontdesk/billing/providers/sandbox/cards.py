"""The test cards: a number for each outcome. They begin with 9999, which no card in the world does."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from frontdesk.core.reasons import Text

BRAND = "Test card"
KEPT_YEARS = 4  # how long a card is good for when nobody says


class Group(StrEnum):
    """What the cards are there to show."""

    WORKS = "works"
    DECLINED = "declined"
    CONFIRM = "confirm"
    LATER = "later"
    NETWORK = "network"


GROUP_TITLES: dict[Group, Text] = {
    Group.WORKS: _("Works"),
    Group.DECLINED: _("Declined at once"),
    Group.CONFIRM: _("Wants to be confirmed"),
    Group.LATER: _("Trouble later"),
    Group.NETWORK: _("Slow or silent bank"),
}


@dataclass(frozen=True)
class TestCard:
    """What happens with a card: `now` on the bank's page, `later` when it was kept (decline codes; "" succeeds)."""

    __test__ = False  # pytest takes the name for a test
    code: str
    number: str
    group: Group
    title: Text
    now: str = ""
    later: str = ""
    confirm_now: bool = False
    confirm_later: bool = False
    every_second: bool = False  # the first try is declined as `now` says, the next succeeds, and so on
    disputed_after: timedelta | None = None
    verdict: str = ""  # won or lost, after DECIDES_AFTER; "" waits for the bank's desk
    silent_for: timedelta | None = None
    is_slow: bool = False

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]

    @property
    def spaced(self) -> str:
        """The number in groups of four."""
        return " ".join(self.number[at : at + 4] for at in range(0, 16, 4))


DECIDES_AFTER = timedelta(days=20)
_DISPUTED = timedelta(days=5)
_SILENT = timedelta(minutes=2)

ALL = (
    TestCard("good", "9999000000000012", Group.WORKS, _("Every payment succeeds")),
    TestCard("declined", "9999000000000020", Group.DECLINED, _("Declined"), now="declined", later="declined"),
    TestCard(
        "insufficient",
        "9999000000000038",
        Group.DECLINED,
        _("Not enough money in the account"),
        now="insufficient_funds",
        later="insufficient_funds",
    ),
    TestCard(
        "insufficient_once",
        "9999000000000046",
        Group.DECLINED,
        _("Not enough money at the first try, enough at the second"),
        now="insufficient_funds",
        later="insufficient_funds",
        every_second=True,
    ),
    TestCard(
        "expired", "9999000000000053", Group.DECLINED, _("Expired card"), now="expired_card", later="expired_card"
    ),
    TestCard(
        "blocked",
        "9999000000000061",
        Group.DECLINED,
        _("Lost or stolen card"),
        now="lost_or_stolen",
        later="lost_or_stolen",
    ),
    TestCard(
        "confirm", "9999000000000079", Group.CONFIRM, _("Confirm it with the bank (3-D Secure)"), confirm_now=True
    ),
    TestCard(
        "confirm_later",
        "9999000000000087",
        Group.CONFIRM,
        _("Works now; each renewal has to be confirmed"),
        confirm_later=True,
    ),
    TestCard(
        "declined_later", "9999000000000095", Group.LATER, _("Works now, declined at each renewal"), later="declined"
    ),
    TestCard(
        "blocked_later",
        "9999000000000103",
        Group.LATER,
        _("Works now, blocked by the bank at the renewal"),
        later="lost_or_stolen",
    ),
    TestCard(
        "disputed",
        "9999000000000111",
        Group.LATER,
        _("Works now, disputed five days later; you decide at the bank’s desk"),
        disputed_after=_DISPUTED,
    ),
    TestCard(
        "disputed_won",
        "9999000000000129",
        Group.LATER,
        _("Works now, disputed five days later, and decided for the vendor"),
        disputed_after=_DISPUTED,
        verdict="won",
    ),
    TestCard(
        "disputed_lost",
        "9999000000000137",
        Group.LATER,
        _("Works now, disputed five days later, and decided against the vendor"),
        disputed_after=_DISPUTED,
        verdict="lost",
    ),
    TestCard("slow", "9999000000000145", Group.NETWORK, _("Succeeds after some seconds"), is_slow=True),
    TestCard(
        "silent",
        "9999000000000152",
        Group.NETWORK,
        _("Paid, but the answer is lost for two minutes"),
        silent_for=_SILENT,
    ),
    TestCard(
        "silent_declined",
        "9999000000000160",
        Group.NETWORK,
        _("Declined, but the answer is lost for two minutes"),
        now="declined",
        later="declined",
        silent_for=_SILENT,
    ),
)

BY_CODE = {each.code: each for each in ALL}
BY_NUMBER = {each.number: each for each in ALL}


def grouped() -> list[tuple[Text, list[TestCard]]]:
    """The cards as the page lists them."""
    return [(title, [each for each in ALL if each.group is group]) for group, title in GROUP_TITLES.items()]
