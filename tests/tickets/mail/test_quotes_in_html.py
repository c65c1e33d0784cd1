"""What a person would call the new words of a mail in HTML, as the programs of the world mark what they quote."""

import pytest

from frontdesk.support.tickets.mail.incoming.reading.reader import read
from tests.support.letters import letter

HEAD = "<b>From:</b> Halcyon &lt;support@halcyon.example&gt;<br><b>Sent:</b> Friday, 27 November 2026 10:00<br>"
HEAD += "<b>To:</b> Ada<br><b>Subject:</b> RE: My code"
HTML: dict[str, tuple[str, str]] = {
    "no quote": ("<p>My code does <b>not</b> work.</p><p>What now?</p>", "My code does not work.\n\nWhat now?"),
    "Gmail": (
        (
            '<div dir="ltr">It works.</div><br><div class="gmail_quote"><div dir="ltr" '
            'class="gmail_attr">On Fri, Nov 27, 2026 at '
            '10:00 AM Halcyon wrote:<br></div><blockquote class="gmail_quote">Please restart it.</blockquote></div>'
        ),
        "It works.",
    ),
    "Gmail, between": (
        (
            '<div class="gmail_quote"><div class="gmail_attr">Am Fr. schrieb '
            'Halcyon:<br></div><blockquote class="gmail_quote">Welche'
            "?</blockquote><div>Die erste.</div><blockquote class=gmail_quote>Seit "
            "wann?</blockquote><div>Montag.</div></div>"
        ),
        "Die erste.\nMontag.",
    ),
    "Apple": (
        (
            '<html><body>Toujours rien.<br><div><br><blockquote type="cite"><div>Le 27 nov. '
            "2026 à 10:00, Halcyon a écrit :</div>"
            "<div>Bonjour</div></blockquote></div></body></html>"
        ),
        "Toujours rien.",
    ),
    "Apple on a telephone": (
        (
            '<html><body>Yes<br><br><div dir="ltr">Sent from my iPhone</div><div '
            'dir="ltr"><br><blockquote type="cite">On 27 Nov '
            "2026, at 10:00, Halcyon wrote:<br>Ok?</blockquote></div></body></html>"
        ),
        "Yes",
    ),
    "Thunderbird": (
        (
            '<p>Danke!</p><div class="moz-cite-prefix">Am 27.11.26 um 10:00 schrieb '
            'Halcyon:<br></div><blockquote type="cite">Bitte'
            " neu starten.</blockquote>"
        ),
        "Danke!",
    ),
    "Thunderbird, below": (
        (
            '<div class="moz-cite-prefix">Am 27.11.26 um 10:00 schrieb '
            'Halcyon:<br></div><blockquote type="cite">Welche Version?'
            '</blockquote><p>Die 5.1.2.</p><div class="moz-signature">-- <br>Ada Bee</div>'
        ),
        "Die 5.1.2.",
    ),
    "Outlook's rule": (
        (
            f'<p>Still broken.</p><div style="border:none;border-top:solid #E1E1E1 '
            f'1.0pt;padding:3.0pt 0cm 0cm 0cm"><p>{HEAD}</p></div>'
            "<p>Please restart it.</p>"
        ),
        "Still broken.",
    ),
    "Outlook on the web": (
        (
            f'<div>No change.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg" '
            f'dir="ltr">{HEAD}</div><div>Restart.</div>'
        ),
        "No change.",
    ),
    "Outlook without any mark": (f"<p>See below.</p><p>{HEAD}</p><p>Please restart it.</p>", "See below."),
    "Outlook on a telephone": (
        (
            '<div>Done.</div><div id="ms-outlook-mobile-signature">Get <a '
            'href="https://aka.example/o">Outlook for iOS</a></div>'
            f'<hr><div id="divRplyFwdMsg">{HEAD}</div><div>Ok?</div>'
        ),
        "Done.",
    ),
    "Proton": (
        (
            '<div>Fine.</div><div class="protonmail_signature_block">Sent with Proton '
            'Mail</div><div class="protonmail_quote">On '
            "Friday, Halcyon wrote:<blockquote>Ok?</blockquote></div>"
        ),
        "Fine.",
    ),
    "Yahoo": (
        (
            '<div>Sure.</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Friday, 27 '
            "November 2026, Halcyon wrote:</div>"
            "<div>Is it?</div></div>"
        ),
        "Sure.",
    ),
    "our divider": (
        (
            "<p>Ja, gerne.</p><p>Halcyon am 27.11.2026:</p><p>##- Bitte schreiben Sie Ihre "
            "Antwort über diese Zeile -##</p>"
            "<p>Hallo Ada,</p>"
        ),
        "Ja, gerne.",
    ),
    "a signature": ("<p>Please call.</p><div>-- <br>Ada Bee<br>Bee Ltd</div>", "Please call."),
    "an indented paragraph is no quote": (
        "<p>The message says:</p><blockquote>Device limit reached</blockquote><p>Why?</p>",
        "The message says:\n\nDevice limit reached\n\nWhy?",
    ),
    "a newsletter's cell of no size": (
        '<table><tr><td style="font-size:0px"><div style="font-size:13px">Words</div> between </td></tr></table>',
        "Words",
    ),
    "an address in brackets": ("<p>Write to <ada@example.org> please.</p>", "Write to <ada@example.org> please."),
    "a list": (
        "Steps:<ol><li>Start</li><li>Stop</li></ol>Then it fails.",
        "Steps:\n\n1. Start\n2. Stop\n\nThen it fails.",
    ),
}


@pytest.mark.parametrize("name", HTML)
def test_the_new_words_are_told_apart(name: str) -> None:
    html, new = HTML[name]
    found = read(letter(html, Content_Type="text/html; charset=utf-8", In_Reply_To="<1@halcyon.example>"))
    assert found.text == new
