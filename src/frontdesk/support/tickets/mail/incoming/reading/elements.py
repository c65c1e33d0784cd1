"""What the elements of HTML mean to us, and the names by which mail programs mark what they add."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEXT_TAGS = _words(
    """a abbr b big blockquote br caption center code dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li
    mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul"""
)
KEPT_TAGS = TEXT_TAGS - _words("font center big tt strike")
# What they hold is no text, up to their end; RAW: nothing in them is markup either.
RAW = _words("script style title textarea xmp iframe noembed noframes plaintext")
DROPPED = RAW | _words("math noscript object select svg template")
VOID = _words("br hr img")
BLOCKS = _words(
    """address article aside blockquote body caption center dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr html li
    main ol p pre section table tbody tfoot thead tr ul"""
)
APART = _words("blockquote dl h1 h2 h3 h4 h5 h6 ol p pre table ul")
# Whether one may lie in a table without a cell around it.
TABLE_PARTS = _words("caption tbody thead tfoot tr td th")
IN_TABLES = _words("table tbody thead tfoot tr")

ATTRIBUTES = _words("class id style type dir href title src alt width height colspan rowspan start")
HREF = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
SOURCE = re.compile(r"(?:https?|cid):", re.IGNORECASE)

QUOTES = _words(
    """cite gmail_quote gmail_quote_container iosymail-quote ms-outlook-mobile-reference-message protonmail_quote
    quoted-text tutanota_quote yahoo-quoted-begin yahoo_quoted zmail_extra"""
)
CONTAINERS = _words("gmail_quote gmail_quote_container yahoo_quoted")
PREFIXES = _words("gmail_attr moz-cite-prefix moz-email-headers-table yahoo_quoted_header")
CUTS = _words(
    """appendonsend divrplyfwdmsg mail-editor-reference-message-container olk_src_body_section outlookmessageheader
    reply-intro replysplit stopspelling ymail_android_signature_quote"""
)
SIGNATURES = _words(
    """applemailsignature gmail_signature moz-signature ms-outlook-ios-signature ms-outlook-mobile-signature
    protonmail_signature_block signature tutanota_signature zmail_signature_below"""
)
