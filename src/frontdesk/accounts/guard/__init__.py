"""How guessing is slowed down. All counting of attempts around accounts goes through here.

A guess is reserved before anything is hashed and given back when it was right, so that parallel guesses cannot pass
the bound. Unknown accounts are counted in the same way. What cannot be counted is refused. `counters` is the lockout,
`credentials` what it guards, `caps` the plain limits on codes, mails and pages. Never reserve inside a transaction
that a wrong guess rolls back.
"""

from frontdesk.accounts.browsers.known import Standing
from frontdesk.accounts.guard.after_reset import note_reset
from frontdesk.accounts.guard.caps import (
    CAPS,
    ask,
    change_address,
    check_message,
    may_mail,
    may_send,
    open_invitation,
    reserve_code_guess,
    reserve_send,
    show_passkey,
)
from frontdesk.accounts.guard.credentials import (
    PasswordGuess,
    Pause,
    SecondFactorGuess,
    clear_lock,
    complete_sign_in,
    guess_password,
    guess_reset,
    guess_second_factor,
    pause_of,
)

__all__ = [
    "CAPS",
    "PasswordGuess",
    "Pause",
    "SecondFactorGuess",
    "Standing",
    "ask",
    "change_address",
    "check_message",
    "clear_lock",
    "complete_sign_in",
    "guess_password",
    "guess_reset",
    "guess_second_factor",
    "may_mail",
    "may_send",
    "note_reset",
    "open_invitation",
    "pause_of",
    "reserve_code_guess",
    "reserve_send",
    "show_passkey",
]
