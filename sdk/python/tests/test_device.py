"""This device, as the server knows it."""

import platform

import pytest

from frontdesk_client.device import PLATFORMS, device_name, machine_fingerprint, platform_name, random_fingerprint


def test_a_fingerprint_is_steady_and_differs_between_products() -> None:
    one, other = (machine_fingerprint(product, lambda: "machine-1") for product in ("halcyon-shield", "halcyon-vault"))
    assert one == machine_fingerprint("halcyon-shield", lambda: "machine-1")
    assert one is not None
    assert 16 <= len(one) <= 256
    assert "machine-1" not in one
    assert one != other != machine_fingerprint("halcyon-vault", lambda: "machine-2")


def test_a_machine_without_an_id() -> None:
    def none() -> str:
        raise RuntimeError("no id")

    assert machine_fingerprint("halcyon-shield", none) is None
    assert machine_fingerprint("halcyon-shield", str) is None
    assert random_fingerprint() != random_fingerprint()


def test_a_name_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", lambda: "ada\x00's\nlaptop" + "x" * 200)
    assert device_name().startswith("ada'slaptop")
    assert len(device_name()) == 100
    monkeypatch.setattr(platform, "node", lambda: "")
    assert device_name() == "This device"


@pytest.mark.parametrize(
    ("system", "name"),
    [
        ("win32", "windows"),
        ("darwin", "macos"),
        ("linux", "linux"),
        ("ios", "ios"),
        ("android", "android"),
        ("sunos5", "other"),
    ],
)
def test_platforms(system: str, name: str) -> None:
    assert platform_name(system) == name
    assert name in PLATFORMS
