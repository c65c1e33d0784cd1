"""Reasons around accounts."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.reasons import Refusal, declare


class LinkExpired(Refusal):
    """A link from a mail or an invitation that does not work, for whichever reason."""

    reason = declare(
        code="link_expired",
        status=410,
        title=_("This link no longer works"),
        detail=_("It was used already, is too old, or was not copied completely."),
        remedy=_("Ask for a new one where you asked for this one."),
    )


class SmsNotSent(Refusal):
    """A budget of SMS is spent; `retry_after` gives seconds."""

    reason = declare(
        code="sms_not_sent",
        status=429,
        title=_("No SMS can be sent now"),
        detail=_("Today's number of SMS is used up: to this phone, or in all."),
        remedy=_("Use another way of signing in, such as your authenticator, a mailed code or a recovery code."),
        members=("retry_after",),
    )


class PhoneInUse(Refusal):
    """A number cannot be removed while the second step uses it."""

    reason = declare(
        code="phone_in_use",
        status=409,
        title=_("Your second step uses this phone"),
        detail=_("Without the number, signing in with a code by SMS would fail."),
        remedy=_("Turn off the code by SMS as a second step first."),
    )


class PasswordNeedsSecondStep(Refusal):
    """The last way of a second step was to go, while the password is long enough only beside one."""

    reason = declare(
        code="password_needs_second_step",
        status=409,
        title=_("Your password is too short to stand alone"),
        detail=_("Your password is long enough only beside a second step, and this is the last one you have."),
        remedy=_("Change the password to one of 15 characters or more first, or turn on another second step."),
    )


class SecondStepNotAvailable(Refusal):
    """A way of the second step that is not there to be used."""

    reason = declare(
        code="second_step_not_available",
        status=409,
        title=_("This way is not set up"),
        detail=_("What it needs is missing, such as a confirmed phone number, or another second step beside it."),
        remedy=_("Set that up on the security page first."),
    )


class PasswordStopped(TooManyAttempts):
    """A hundred wrong guesses in a row: new browsers can use the password again only after a reset."""

    reason = declare(
        code="password_stopped",
        status=429,
        title=_("The password is stopped for new browsers"),
        detail=_("There were a hundred wrong guesses in a row, so the password works only in browsers we know by now."),
        remedy=_("Reset the password, which takes a minute. Browsers you have used before go on working."),
    )


class GuessesUncounted(Refusal):
    """The counters cannot be read, and what cannot be counted is refused."""

    reason = declare(
        code="guesses_uncounted",
        status=503,
        title=_("Signing in is not possible for a moment"),
        detail=_("We cannot count attempts just now, and without that we let nobody in, to keep accounts safe."),
        remedy=_("Try again in a minute. Whoever is signed in stays so, and products go on working."),
    )


class AddressTaken(Refusal):
    """Another account has got the address."""

    reason = declare(
        code="address_taken",
        status=409,
        title=_("This address cannot be used"),
        detail=_("Another account has this e-mail address by now, and an address belongs to one account only."),
        remedy=_("If the other account is yours too, sign in to it with this address. Otherwise write to us."),
    )


class AccountFrozen(Refusal):
    """The account was secured; `retry_at` (RFC 3339) says when licences and money may leave it again."""

    reason = declare(
        code="account_frozen",
        status=409,
        title=_("This account is protected for 72 hours"),
        detail=_(
            "The account was secured because somebody reported that a change in it was not theirs. For 72 hours no "
            "licence can be handed over, no code replaced and nothing refunded."
        ),
        remedy=_("Try again when the time is over. Everything else, and every device, goes on working meanwhile."),
        members=("retry_at",),
    )


class RecoveryEnded(Refusal):
    """The recovery is no longer in the state that this needs."""

    reason = declare(
        code="recovery_ended",
        status=409,
        title=_("This recovery has moved on"),
        detail=_("It was refused, stopped, completed or approved meanwhile, or its address was never confirmed."),
        remedy=_("Look at its present state. The customer can ask again at any time."),
    )


class RecoveryNotPossible(Refusal):
    """There is no account that could be recovered in this way: none, or one of the staff."""

    reason = declare(
        code="recovery_not_possible",
        status=409,
        title=_("This account is not recovered in this way"),
        detail=_("No active customer's account has this address. Accounts of staff are recovered by an administrator."),
        remedy=_("Refuse the request. An administrator can use `frontdesk recover` on the server for staff."),
    )


class RecoveryWaiting(Refusal):
    """Another recovery of this account was approved and waits."""

    reason = declare(
        code="recovery_waiting",
        status=409,
        title=_("Another recovery of this account is waiting"),
        detail=_("Only one recovery of an account waits at a time, so that stopping one is enough."),
        remedy=_("Let the other one end, or refuse this one."),
    )


class RecoveryStoppedLately(Refusal):
    """The owner stopped a recovery within the last days."""

    reason = declare(
        code="recovery_stopped_lately",
        status=409,
        title=_("The owner has just stopped a recovery"),
        detail=_("Somebody who reads the account's mail or is signed in stopped one in the last seven days."),
        remedy=_("Refuse this one. Whoever can stop a recovery has a way into the account."),
    )


class StaffAccountStays(Refusal):
    """Somebody with a role asks for the deletion of their account."""

    reason = declare(
        code="staff_account_stays",
        status=409,
        title=_("An account with a role cannot be deleted"),
        detail=_("You work here with a role, and what is done with a role must stay explainable."),
        remedy=_(
            "Ask an administrator to take your role away first. The last administrator appoints another one before."
        ),
    )
