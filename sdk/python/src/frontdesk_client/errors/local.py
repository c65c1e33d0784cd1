"""Errors found on this device, without or despite the server."""

from frontdesk_client.errors.base import FrontdeskError


class ConfigurationInvalid(FrontdeskError):
    """The server's address, the trust root or another setting cannot be used."""

    code = "configuration_invalid"
    default_title = "The settings cannot be used"
    default_remedy = "Correct the setting named above."


class NoConnection(FrontdeskError):
    """The server could not be reached, or the way to it is broken."""

    code = "no_connection"
    default_title = "The licence server cannot be reached"
    default_detail = "This device could not connect to the server."
    default_remedy = "Check your internet connection and try again, or activate offline."


class ServerAnswerInvalid(FrontdeskError):
    """Something answered, but not as a Frontdesk server does."""

    code = "server_answer_invalid"
    default_title = "The answer is not from a licence server"
    default_remedy = "Check the server's address, and whether a sign-in page of your network answers instead."


class NotActivated(FrontdeskError):
    """There is no activation on this device."""

    code = "not_activated"
    default_title = "This product is not activated on this device"
    default_remedy = "Enter your activation code."


class LeaseExpired(FrontdeskError):
    """The permission to run without the server has run out."""

    code = "lease_expired"
    default_title = "Your licence has not been confirmed for too long"
    default_detail = "The product can run without a connection for some days only, and these have passed."
    default_remedy = "Connect to the internet and try again. Nothing is lost: your device keeps its seat."


class LeaseInvalid(FrontdeskError):
    """A lease whose form, algorithm or signature is wrong."""

    code = "lease_invalid"
    default_title = "The stored licence confirmation is not genuine"
    default_remedy = "Activate again with your code. Your device keeps its seat."


class LeaseForOtherDevice(LeaseInvalid):
    """A lease that was made for another device, for example on a copied disk."""

    code = "lease_for_other_device"
    default_title = "The stored licence belongs to another device"


class LeaseForOtherProduct(LeaseInvalid):
    """A genuine lease of another product."""

    code = "lease_for_other_product"
    default_title = "The stored licence belongs to another product"


class KeysInvalid(FrontdeskError):
    """A key set that the pinned trust root did not sign."""

    code = "keys_invalid"
    default_title = "The server's keys are not genuine"
    default_detail = "They are not signed by the vendor this product trusts."
    default_remedy = "Check the server's address. If it is right, tell the vendor."


class KeysRolledBack(KeysInvalid):
    """A key set older than one already seen."""

    code = "keys_rolled_back"
    default_title = "The server's keys are older than ones already seen"
    default_detail = "Someone may be replaying an old answer."


class ClockWrong(FrontdeskError):
    """This device's clock is far from the time the server has signed."""

    code = "clock_wrong"
    default_title = "The clock of this device is wrong"
    default_remedy = "Set date, time and time zone right (best: automatically), then try again."


class StoreUnusable(FrontdeskError):
    """The activation cannot be read or written on this device."""

    code = "store_unusable"
    default_title = "The activation cannot be saved on this device"
    default_remedy = "Check that the folder exists, that you may write to it, and that the disk is not full."


class DownloadDamaged(FrontdeskError):
    """A downloaded file differs from what the vendor signed; it has been deleted."""

    code = "download_damaged"
    default_title = "The downloaded file is not what the vendor signed"
    default_remedy = "Download it again. If it happens again, tell the vendor."


class OfflineAnswerInvalid(FrontdeskError):
    """An answer file that does not belong to a request made on this device."""

    code = "offline_answer_invalid"
    default_title = "This answer file does not fit"
    default_remedy = "Use the answer to the newest request made on this device, or make a new request."


class ReplacementPending(FrontdeskError):
    """The owner has not answered yet; ask again with ``request_id``."""

    code = "replacement_pending"
    default_title = "The owner of the licence has not answered yet"
    default_remedy = "Ask them to open the mail, and try again later."

    def __init__(self, *, request_id: str) -> None:
        super().__init__()
        self.request_id = request_id

    def members(self) -> dict[str, object]:
        return super().members() | {"request_id": self.request_id}


class ReplacementRefused(FrontdeskError):
    """The owner said no."""

    code = "replacement_refused"
    default_title = "The owner of the licence declined"
    default_remedy = "Talk to them, or use a code of your own."


class ReplacementExpired(FrontdeskError):
    """Nobody answered within a day."""

    code = "replacement_expired"
    default_title = "Nobody answered the request in time"
    default_remedy = "Ask again; the mail is valid for 24 hours."
