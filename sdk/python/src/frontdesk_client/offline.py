"""Activation without a connection: a request file out, an answer file in, a signed return."""

import secrets
from collections.abc import Mapping
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from frontdesk_client import documents, jose
from frontdesk_client.errors import LeaseInvalid, NotActivated, OfflineAnswerInvalid, ServerAnswerInvalid
from frontdesk_client.keeper import Keeper, Standing
from frontdesk_client.store import Json, State

REQUEST, ANSWER, RETURN = "frontdesk-offline-request", "frontdesk-offline-answer", "frontdesk-offline-return"
VERSION = 1
NONCE_BYTES = 32
KEPT_REQUESTS = 5


def make_request(keeper: Keeper, request: Mapping[str, object]) -> dict[str, object]:
    """A request file's content around an activation request. Its nonce and key are kept for the answer."""
    key = Ed25519PrivateKey.generate()
    nonce = jose.encode(secrets.token_bytes(NONCE_BYTES))
    kept: Json = {"nonce": nonce, "private_key": jose.encode(key.private_bytes_raw())}
    keeper.update(
        lambda state: replace(state, offline_requests=[*state.offline_requests[-(KEPT_REQUESTS - 1) :], kept])
    )
    return {
        "type": REQUEST,
        "version": VERSION,
        **request,
        "nonce": nonce,
        "public_key": jose.encode(key.public_key().public_bytes_raw()),
        "created_at": _spoken(keeper),
    }


def complete(keeper: Keeper, answer: Mapping[str, object]) -> Standing:
    """Take an answer file's lease, if it answers a request of this device."""
    if answer.get("type") != ANSWER or answer.get("version") != VERSION:
        raise OfflineAnswerInvalid("It is not an answer file for offline activation, or of a newer kind.")
    try:
        activation_id = documents.text(documents.member(answer, "activation"), "id")
        keeper.take_keys(documents.member(answer, "keys"))
        nonce = keeper.verify(documents.text(answer, "lease"), fetch=False).nonce
        documents.License.from_document(documents.member(answer, "license"))
    except (ServerAnswerInvalid, LeaseInvalid) as error:
        raise OfflineAnswerInvalid(str(error)) from error
    request = next((kept for kept in keeper.state().offline_requests if kept.get("nonce") == nonce), None)
    if request is None:
        raise OfflineAnswerInvalid("It answers a request that was not made on this device, or an old one.")
    lease = keeper.accept(answer, lambda state: _seated(state, activation_id, request), fetch=False)
    return keeper.standing(lease)


def make_return(keeper: Keeper) -> dict[str, object]:
    """A return file's content. From now on this device does not run on that lease."""
    returned_at = _spoken(keeper)

    def give_back(state: State) -> State:
        if not state.offline:
            return state
        emptied = replace(state, activation_id="", lease="", license={}, refusal={}, offline={})
        return replace(emptied, offline_return=_signed_return(state, returned_at))

    returned = keeper.update(give_back).offline_return
    if not returned:
        raise NotActivated("There is no offline activation on this device.")
    return returned


def _seated(state: State, activation_id: str, request: Json) -> State:
    return replace(
        state, activation_id=activation_id, token="", offline=request, offline_requests=[], offline_return={}
    )


def _signed_return(state: State, returned_at: str) -> Json:
    nonce = str(state.offline["nonce"])
    key = Ed25519PrivateKey.from_private_bytes(jose.decode(str(state.offline["private_key"])))
    message = f"{RETURN}|{state.activation_id}|{nonce}|{returned_at}"
    return {
        "type": RETURN,
        "version": VERSION,
        "activation_id": state.activation_id,
        "nonce": nonce,
        "returned_at": returned_at,
        "signature": jose.encode(key.sign(message.encode())),
    }


def _spoken(keeper: Keeper) -> str:
    return keeper.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
