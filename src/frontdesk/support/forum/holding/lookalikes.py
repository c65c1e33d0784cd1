"""Hosts that want to be taken for another one."""

from collections.abc import Iterable

from frontdesk.core import hosts

# Letters of other scripts, and pairs of Latin ones, that are read as a Latin letter.
LIKE = str.maketrans(
    "аеорсухіјѕԁһԛԝькмнтвгαοριυνκτωɡıȷƖ01ßéèêëáàâäãåíìîïóòôöõúùûüçñ",
    "aeopcyxijsdhqwbkmhtbraopiuvktwgijlolbeeeeaaaaaaiiiiooooouuuucn",
)
SHORTEST = 5  # a label with fewer letters is one letter away from many


def looks_like(host: str, known: Iterable[str], *, is_said: bool = False) -> str:
    """The known host that this one wants to be taken for, "?" for any other (`hosts.is_lookalike`), or "".

    `is_said`: it is no link, and nothing leads there; then what is called as we are is our product: "Halcyon.app".
    """
    host = host.lower()
    shown = hosts.readable(host)
    known = [each.lower() for each in known]
    if any(shown == each or shown.endswith(f".{each}") for each in known):
        return ""
    for each in known:
        if is_said and shown.count(".") == 1 and _name(shown) == _name(each):
            continue
        if _is_close(shown, each):
            return each
    return "?" if hosts.is_lookalike(host) else ""


def _skeleton(label: str) -> str:
    return label.translate(LIKE).replace("rn", "m").replace("vv", "w").replace("-", "")


def _is_close(host: str, known: str) -> bool:
    """Its name as part of another's host, written with other letters, or one letter away."""
    name = _name(known)
    if len(name) < SHORTEST:
        return _skeleton(host) == _skeleton(known)
    domain = ".".join(known.split(".")[-2:])
    if host.startswith(f"{domain}.") or f".{domain}." in host:
        return True
    mine, theirs = _skeleton(_name(host)), _skeleton(name)
    return mine == theirs or _one_apart(mine, theirs)


def _name(host: str) -> str:
    """The label before the last one: what a host is known by."""
    labels = host.split(".")
    return labels[-2] if len(labels) > 1 else host


def _one_apart(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
