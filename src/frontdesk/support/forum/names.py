"""Names and handles: which may be taken, so that nobody passes for the team, the vendor or another member.

Handles are of plain small letters, since they stand in addresses and are typed. What two names look like is compared
after folding: letters of other scripts, figures and pairs that look like a Latin letter become that letter.
"""

import re
import secrets
import unicodedata
from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.support.forum import wording
from frontdesk.support.forum.errors import NameRefused
from frontdesk.support.forum.models import FormerHandle, Member

HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9_-]{1,38})[a-z0-9]")
LONGEST_NAME = 60
LONG_ENOUGH = 6  # letters of the vendor's name, that no other holds by chance
FEW = 20  # handles that are looked at together
WHY: dict[str, str | Promise] = {
    "form": _("Use 3 to 40 small letters (a–z), figures, hyphens and underscores."),
    "taken": _("Somebody has this one already."),
    "reserved": _("This looks as if you belonged to the team. Please choose another one."),
    "empty": _("Please enter the name that others see."),
    "long": _("This is too long: at most 60 characters."),
    "spreads": _(
        "This cannot be shown: links, phone numbers and mail addresses of new members, and words and links that the "
        "team keeps out."
    ),
    "cleared": _("A moderator has taken this away. Please choose something else."),
    "address": _("This looks like an address, which others should not see."),
}
CALLS = {"all", "here", "everyone", "everybody", "channel", "me", "new", "deleted"}  # which other places give a meaning
FORMER = "former-"  # begins the handles of those who left
RESERVED = (
    "admin", "administrator", "administration", "root", "system", "moderator", "moderators", "mods", "staff", "team",
    "theteam", "support", "supportteam", "service", "kundendienst", "helpdesk", "official", "security", "billing",
    "abuse", "postmaster", "webmaster", "community", "forum",
    "verifiedowner", "verified", "moderatorin", "moderatoren", "moderation", "administratorin", "kundenservice",
    "kundensupport", "kundenbetreuung", "customerservice", "customersupport", "customercare", "teammitglied",
)  # fmt: skip
# Those that tell of a task also when they stand beside a name.
TASKS = (
    "admin", "administrator", "administratorin", "moderator", "moderators", "moderatorin", "moderatoren", "moderation",
    "support", "supportteam", "kundendienst", "helpdesk", "official", "kundenservice", "kundensupport",
    "kundenbetreuung", "teammitglied",
)  # fmt: skip
COMPANY = ("inc", "gmbh", "ag", "ltd", "llc", "co", "corp", "hq", "app", "help", "hilfe", "software", "online", "io")
BADGES = ("verified owner", "besitzt nachweislich", "customer service", "customer support", "customer care")
WORDS_APART = re.compile(r"[\W_]+")
LOOKS_LIKE = {
    sign: letter
    for letter, signs in {
        "a": "аɑα4@", "b": "вьƅ", "c": "сϲᴄ", "d": "ԁɗ", "e": "еєɛ3", "f": "ғſ", "g": "ɡց", "h": "һнհ",
        "i": "іıιɩⅰ", "j": "јʝ", "k": "кκᴋ", "l": "1|!ӏℓ", "m": "м", "n": "пηոռ", "o": "0оοօסჿ", "p": "рρ", "q": "ԛգ",
        "r": "гᴦ", "s": "ѕ5$ꜱ", "t": "т7τ", "u": "υսᴜц", "v": "ѵνᴠ", "w": "ԝшωա", "x": "хχ×", "y": "уγʏ", "z": "ᴢ",
    }.items()
    for sign in signs
}  # fmt: skip
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("i", "l"))


def fold(text: str) -> str:
    """What a name looks like: two names of one fold can be taken for each other."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(LOOKS_LIKE.get(sign, sign) for sign in plain)
    letters = "".join(sign for sign in letters if sign.isalnum())
    for pair, one in PAIRS:
        letters = letters.replace(pair, one)
    return letters


def check_handle(handle: str, *, member: Member | None = None) -> str:
    """A handle as it is kept. Raises NameRefused."""
    kept = handle.strip().removeprefix("@").lower()
    if not HANDLE.fullmatch(kept):
        raise NameRefused(field="handle", why="form")
    if is_reserved(kept, person=member.person if member else None):
        raise NameRefused(field="handle", why="reserved")
    if is_held(kept, but=member.pk if member else None):
        raise NameRefused(field="handle", why="taken")
    return kept


def check_name(name: str, *, member: Member | None = None) -> str:
    """A name as it is kept. Raises NameRefused."""
    kept = wording.line_of(name)
    if not any(sign.isalnum() for sign in kept):
        raise NameRefused(field="name", why="empty")
    if len(kept) > LONGEST_NAME:
        raise NameRefused(field="name", why="long")
    if "@" in kept:
        raise NameRefused(field="name", why="address")
    if _is_teams(kept, "name", member.person if member else None):
        raise NameRefused(field="name", why="reserved")
    return kept


def first_handle(name: str) -> str:
    """A handle that nobody has yet, from a person's first name; never from their address."""
    first = wording.slug_of(name.split(maxsplit=1)[0] if name.split() else "").replace("-", "")[:20]
    is_fit = HANDLE.fullmatch(first) and first != "topic" and not is_reserved(first)
    base = first if is_fit else "member"
    wanted = [*([base] if base != "member" else []), *(f"{base}{number}" for number in range(2, FEW))]
    for digits in range(4, 16):
        held = held_among(wanted)
        if free := next((each for each in wanted if each not in held), ""):
            return free
        # A common name: a few numbers drawn, of more figures each time, rather than all that are taken looked through.
        wanted = [f"{base}{10 ** (digits - 1) + secrets.randbelow(9 * 10 ** (digits - 1))}" for _try in range(FEW)]
    raise RuntimeError("no handle is left")


def is_reserved(handle: str, *, person: Person | None = None) -> bool:
    """Whether nobody may take a handle: it means something else, belongs to who left, or looks like the team's."""
    return is_kept_back(handle) or _is_teams(handle, "handle", person)


def is_kept_back(handle: str) -> bool:
    """Whether it means something else, or belongs to who left."""
    return handle in CALLS or handle.startswith(FORMER)


def is_held(handle: str, *, but: UUID | None = None) -> bool:
    """Whether another has it, or has had it."""
    held = [
        *Member.objects.filter(handle=handle).values_list("pk", flat=True),
        *FormerHandle.objects.filter(handle=handle).values_list("member", flat=True),
    ]
    return any(owner != but for owner in held)


def held_among(handles: Collection[str]) -> set[str]:
    """Those of the handles that somebody has, or has had."""
    held = set(Member.objects.filter(handle__in=handles).values_list("handle", flat=True))
    return held | set(FormerHandle.objects.filter(handle__in=handles).values_list("handle", flat=True))


def _is_teams(name: str, field: str, person: Person | None) -> bool:
    """Whether a name looks like the vendor's, a task of the team, or a colleague's; the team's own may."""
    is_team = person is not None and person.has_role(Role.AGENT)
    return not is_team and passes_for_team(name, team_names(field))


def passes_for_team(name: str, team: Collection[str]) -> bool:
    """The same for who is nobody of the team; `team` are `team_names`, looked up once for many."""
    seen, words = fold(name), {fold(word) for word in WORDS_APART.split(name)}
    if seen in {fold(each) for each in RESERVED} or seen in team or _names_vendor(seen, words):
        return True
    return bool(words & {fold(each) for each in TASKS}) or any(fold(each) in seen for each in BADGES)


def _names_vendor(seen: str, words: Collection[str]) -> bool:
    """Whether the vendor's name stands there. A short one stands within many others, as "Arc" in Marcus: it counts as
    a word of its own, or with a task beside it ("arcsupport")."""
    vendor = fold(str(settings.FRONTDESK_BRAND["name"]))
    if len(vendor) <= 2:
        return False
    if len(vendor) >= LONG_ENOUGH:
        return vendor in seen
    tasks = {fold(each) for each in (*RESERVED, *COMPANY)}
    beside = {each.removeprefix(vendor) for each in (seen, *words) if each.startswith(vendor)}
    beside |= {each.removesuffix(vendor) for each in (seen, *words) if each.endswith(vendor)}
    return vendor in words or bool(beside & {"", *tasks})


def team_names(field: str) -> set[str]:
    """What colleagues are called ("name" or "handle"), folded."""
    team = Person.objects.filter(is_staff=True, is_active=True)
    taken = set(Member.objects.filter(person__in=team).exclude(agreed_at=None).values_list(field, flat=True))
    if field == "name":
        taken |= set(team.exclude(name="").values_list("name", flat=True))
    return {fold(each) for each in taken if each}
