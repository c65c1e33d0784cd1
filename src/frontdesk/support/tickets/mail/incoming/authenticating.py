"""Whether the sender's domain vouches for a mail, as our own mail server found (RFC 8601)."""

import re

from django.conf import settings

from frontdesk.support.tickets.mail.incoming.reading.shapes import Read

PASS, FAIL, NONE = "pass", "fail", "none"
COMMENT = re.compile(r"\([^()]*\)")
METHOD = re.compile(r"^\s*(dmarc|dkim|spf)\s*=\s*(\w+)", re.IGNORECASE)
PROPERTY = re.compile(r"\b(header\.(?:d|i|from)|smtp\.(?:mailfrom|helo))\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)


def judge(read: Read) -> str:
    """PASS, FAIL or NONE. Only what the configured server wrote counts, and of it the topmost."""
    trusted = settings.MAIL_AUTHSERV_ID.lower()
    if not trusted:
        return NONE
    if read.senders != 1:
        return FAIL
    for header in read.results:
        server, _semicolon, rest = COMMENT.sub(" ", COMMENT.sub(" ", header)).partition(";")
        if server.strip().lower().split(" ")[0] == trusted:
            return _results(rest, read.from_address.rpartition("@")[2])
    return NONE


def _results(text: str, domain: str) -> str:
    verdicts: dict[str, str] = {}
    aligned = False
    for result in text.split(";"):
        method = METHOD.match(result)
        if method is None:
            continue
        name, value = method[1].lower(), method[2].lower()
        verdicts[name] = value
        if value == "pass" and name in {"dkim", "spf"}:
            of = {key.lower(): found.lower().rpartition("@")[2] for key, found in PROPERTY.findall(result)}
            signer = of.get("header.d") or of.get("header.i") if name == "dkim" else of.get("smtp.mailfrom")
            aligned |= _vouches(signer or "", domain)
    if verdicts.get("dmarc") == "pass":
        return PASS
    if verdicts.get("dmarc") in {"fail", "permerror"}:
        return FAIL
    if aligned:  # the domain publishes no policy, and its signature holds
        return PASS
    return FAIL if "fail" in {verdicts.get("dkim"), verdicts.get("spf")} else NONE


def _vouches(signer: str, domain: str) -> bool:
    """A domain speaks for itself and what lies beneath it; what lies beneath (anybody's page, perhaps) not for it."""
    return bool(signer) and "." in signer and (domain == signer or domain.endswith(f".{signer}"))
