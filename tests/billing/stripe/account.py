"""What a customer's browser does at Stripe, done by the tests at its stand-in: cards are made, kept and confirmed."""

from typing import Any
from uuid import uuid4

import httpx

from frontdesk.billing.providers.protocol import Customer

GOOD, DECLINED_LATER, CONFIRM = "4242424242424242", "4000000000000341", "4000002500003155"


class Account:
    """An account at the stand-in, seen from outside."""

    def __init__(self, base: str) -> None:
        self._http = httpx.Client(base_url=base, auth=("sk_test_12345", ""), trust_env=False)

    def __enter__(self) -> "Account":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def post(self, path: str, **fields: str) -> dict[str, Any]:
        """One call."""
        answer = self._http.post(f"/v1/{path}", data=fields)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def get(self, path: str) -> dict[str, Any]:
        """One question."""
        found: dict[str, Any] = self._http.get(f"/v1/{path}").json()
        return found

    def customer(self) -> Customer:
        """A customer with a number there."""
        who = str(uuid4())
        made = self.post("customers", email=f"{who}@example.org", **{"metadata[customer]": who})
        return Customer(ref=who, email=made["email"], provider_ref=made["id"])

    def card(self, customer: Customer, number: str = GOOD) -> str:
        """A card that is kept for a customer."""
        card = {"card[number]": number, "card[exp_month]": "12", "card[exp_year]": "2034", "card[cvc]": "123"}
        made = self.post("payment_methods", type="card", **card)
        self.post(f"payment_methods/{made['id']}/attach", customer=customer.provider_ref)
        return str(made["id"])

    def authenticate(self, ref: str, *, success: bool) -> None:
        """The customer confirms with their bank, or does not."""
        secret = self.get(f"payment_intents/{ref}")["client_secret"]
        answer = self._http.post(
            f"/v1/payment_intents/{ref}/_authenticate",
            data={"client_secret": secret, "success": str(success).lower()},
        )
        assert answer.status_code in (200, 402), answer.text

    def waiting_for_bank(self, customer: Customer, card: str, key: str) -> str:
        """A charge that waits for the customer's bank, made without our adapter."""
        fields = {"amount": "4900", "currency": "eur", "customer": customer.provider_ref, "payment_method": card}
        made = self.post("payment_intents", confirm="true", **fields, **{"metadata[key]": key})
        assert made["status"] == "requires_action"
        return str(made["id"])


def key() -> str:
    """A key of its own."""
    return f"key-{uuid4()}"
