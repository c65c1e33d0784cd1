"""What a person would call the new words of a plain mail: without what it quotes, what "
"programs add, and signatures."""

import pytest

from frontdesk.support.tickets.mail.incoming.reading.reader import read
from tests.support.letters import letter

DIVIDER = "##- Please write your answer above this line -##"
DIVISOR = "##- Bitte schreiben Sie Ihre Antwort über diese Zeile -##"
PLAIN: dict[str, tuple[str, str]] = {
    "no quote at all": ("My code does not work.\nWhat now?", "My code does not work.\nWhat now?"),
    "top, Gmail": (
        (
            "It works now, thank you.\n\nOn Fri, Nov 27, 2026 at 10:00 AM Halcyon Support "
            "<support@halcyon.example> wrote:\n\n"
            "> Please restart it.\n>\n> Kim\n"
        ),
        "It works now, thank you.",
    ),
    "top, Gmail, header over two lines": (
        (
            "No change.\n\nOn Fri, Nov 27, 2026 at 10:00 AM Halcyon Support "
            "<\nsupport@halcyon.example> wrote:\n\n> Restart it."
        ),
        "No change.",
    ),
    "top, Thunderbird, German": (
        "Danke, jetzt geht es.\n\nAm 27.11.26 um 10:00 schrieb Halcyon Support:\n> Bitte starten Sie neu.\n",
        "Danke, jetzt geht es.",
    ),
    "top, Gmail, German": (
        (
            "Nein.\n\nAm Fr., 27. Nov. 2026 um 10:00 Uhr schrieb Halcyon "
            "<\nsupport@halcyon.example>:\n\n> Geht es jetzt?\n"
        ),
        "Nein.",
    ),
    "top, Gmail, French": (
        (
            "Merci beaucoup !\n\nLe ven. 27 nov. 2026 à 10:00, Halcyon <support@halcyon.example> "
            "a\nécrit :\n\n> Bonjour,\n"
        ),
        "Merci beaucoup !",
    ),
    "top, Apple, French": (
        "Toujours rien.\n\n> Le 27 nov. 2026 à 10:00, Halcyon <support@halcyon.example> a écrit :\n> \n> Bonjour\n",
        "Toujours rien.",
    ),
    "top, Apple, German": (
        (
            "Hat geklappt!\n\nViele Grüße\nAda\n\n> Am 27.11.2026 um 10:00 schrieb Halcyon "
            "<support@halcyon.example>:\n> \n> Hallo Ada,"
        ),
        "Hat geklappt!\n\nViele Grüße\nAda",
    ),
    "top, Outlook, English": (
        (
            "Still broken.\n\nAda\n\n-----Original Message-----\nFrom: Halcyon <support@halcyon.example>\n"
            "Sent: Friday, November 27, 2026 10:00 AM\nTo: Ada\nSubject: RE: My code\n\nPlease restart it."
        ),
        "Still broken.\n\nAda",
    ),
    "top, Outlook, without dashes": (
        (
            "See below.\n\nFrom: Halcyon Support\nSent: Friday, November 27, 2026 10:00 AM\nTo: "
            "Ada Bee\nSubject: RE: My code\n\n"
            "Please restart it."
        ),
        "See below.",
    ),
    "top, Outlook, German": (
        (
            "Es geht noch nicht.\n\nVon: Halcyon Support <support@halcyon.example>\nGesendet: "
            "Freitag, 27. November 2026 10:00\n"
            "An: Ada Bee <ada@example.org>\nBetreff: AW: Mein Code\n\nBitte starten Sie neu."
        ),
        "Es geht noch nicht.",
    ),
    "top, Outlook, French": (
        (
            "Cela ne marche pas.\n\nDe : Halcyon <support@halcyon.example>\nEnvoyé : vendredi "
            "27 novembre 2026 10:00\n"
            "À : Ada\nObjet : RE: Mon code\n\nVeuillez redémarrer."
        ),
        "Cela ne marche pas.",
    ),
    "top, Outlook's rule and bold names": (
        (
            "Ok.\n\n________________________________\n*From:* Halcyon "
            "<support@halcyon.example>\n*Sent:* 27 November 2026\n"
            "*To:* Ada\n*Subject:* Re: x\n\nHello"
        ),
        "Ok.",
    ),
    "bottom": (
        "On 27/11/2026 10:00, Halcyon wrote:\n> Which version do you have?\n\nVersion 5.1.2, from last week.\n",
        "Version 5.1.2, from last week.",
    ),
    "bottom, German": (
        "Am 27.11.2026 um 10:00 schrieb Halcyon:\n> Welche Version?\n\nDie 5.1.2.\n\nGruß, Ada",
        "Die 5.1.2.\n\nGruß, Ada",
    ),
    "between": (
        "Le 27/11/2026 à 10:00, Halcyon a écrit :\n> Quelle version ?\nLa 5.1.\n> Quel système ?\nDebian.\n",
        "La 5.1.\nDebian.",
    ),
    "between, and a word first": (
        (
            "Hi Kim, answers below.\n\nOn 27 Nov 2026 at 10:00, Kim <kim@halcyon.example> "
            "wrote:\n> Which?\nThe first.\n> Since when?\n"
            "Monday.\n"
        ),
        "Hi Kim, answers below.\n\nThe first.\nMonday.",
    ),
    "a signature": ("Please call me.\n\n-- \nAda Bee\nBee Ltd\n+44 20 7946 0000", "Please call me."),
    "a signature whose blank got lost": ("Please call me.\n\n--\nAda Bee\nBee Ltd", "Please call me."),
    "a telephone": ("Thanks!\n\nSent from my iPhone", "Thanks!"),
    "a telephone, German": ("Danke!\n\nVon meinem iPhone gesendet", "Danke!"),
    "a telephone, French": ("Merci !\n\nEnvoyé de mon iPhone", "Merci !"),
    "Outlook for a telephone": ("Done.\n\nGet Outlook for iOS<https://aka.example/o>", "Done."),
    "a telephone above its quote": (
        "Ja.\n\nGesendet mit der GMX Mail App\n\nAm 27.11.26 um 10:00 schrieb Halcyon:\n> Passt es?\n",
        "Ja.",
    ),
    "forwarded with a word": (
        (
            "Please see what he wrote.\n\n---------- Forwarded message ---------\nFrom: Bob <bob@example.org>\n"
            "Date: Fri, 27 Nov 2026\nSubject: Licence\nTo: Ada\n\nIt does not start."
        ),
        "Please see what he wrote.",
    ),
    "forwarded without a word": (
        (
            "---------- Forwarded message ---------\nFrom: Bob <bob@example.org>\nDate: Fri, 27 "
            "Nov 2026\nSubject: Licence\n"
            "To: Ada\n\nIt does not start."
        ),
        (
            "---------- Forwarded message ---------\nFrom: Bob <bob@example.org>\nDate: Fri, 27 "
            "Nov 2026\nSubject: Licence\n"
            "To: Ada\n\nIt does not start."
        ),
    ),
    "forwarded, German": (
        (
            "Zur Info.\n\nAnfang der weitergeleiteten Nachricht:\n\nVon: Bob "
            "<bob@example.org>\nBetreff: Lizenz\n\nEs startet nicht."
        ),
        "Zur Info.",
    ),
    "our divider, marked": (f"Yes.\n\nOn 27 Nov 2026, Halcyon wrote:\n\n> {DIVIDER}\n> \n> Does it work?\n", "Yes."),
    "our divider, in no marks": (f"Ja, gerne.\n\n{DIVISOR}\n\nHallo Ada,\n\npasst es am Montag?", "Ja, gerne."),
    "our divider below a line in another language": (
        f"Da.\n\n27. novembra 2026 o 10:00 Halcyon <support@halcyon.example> niečo povedal:\n\n{DIVIDER}\n\nHello Ada,",
        "Da.",
    ),
    "our divider, and an answer below the marked quote": (
        f"> {DIVIDER}\n>\n> Does it work?\n\nNo, it does not.",
        "No, it does not.",
    ),
    "another desk's line": (
        "Fine.\n\n##- Please type your reply above this line -##\n\nYour request was updated.",
        "Fine.",
    ),
}
LOOKS_QUOTED = {
    "dashes in the text": "Options are:\n--\nstart with the flag --safe, and it works.\nWithout "
    "it nothing happens at all.",
    "a journey": "I travelled.\n\nFrom: Berlin\nTo: Munich\nDate: 3 May\n\nThere I had no "
    "network, so the lease ended.",
    "one line with a header's name": "I get this:\nSubject: your licence\n\nand cannot open it. What is that?",
    "a line that begins From:": "From: my point of view it is a fault.\nTo: be honest, a bad one.\nPlease mend it.",
    "money": "Hello,\n\nSent by bank transfer on Monday.\n\nWhen will you have it?",
    "money, German": "Guten Tag,\n\nGesendet mit der Post am Montag.\n\nIst es da?",
    "somebody wrote": "Last week your colleague wrote:\n\nYou may use it on two devices.\n\nIs that still so?",
    "ends with what somebody said": "Hello,\n\nit does not work as Kim said",
    "nothing but what somebody said": "I did all that Kim wrote",
    "a table": "| plan | price |\n| Pro | 20 |\n| Team | 50 |\n\nWhich of them?",
    "speaks of the line": "Why does it say to reply above this line?\n\nI never know where to write.",
    "a rule": "First matter: the invoice.\n\n----------\n\nSecond matter: the key.",
    "a list with dashes": "- It starts.\n- It stops.\n-- And then again.\n\nThat is all.",
    "numbers and times": "On 3 May at 10:00 it failed.\nOn 4 May at 11:00 it failed again:\nerror 550.",
}  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_the_new_words_are_told_apart(name: str) -> None:
    body, new = PLAIN[name]
    assert read(letter(body, In_Reply_To=None if "forwarded" in name else "<1@halcyon.example>")).text == new


@pytest.mark.parametrize("name", LOOKS_QUOTED)
def test_what_only_looks_like_a_quote_is_kept(name: str) -> None:
    assert read(letter(LOOKS_QUOTED[name])).text == LOOKS_QUOTED[name]
