"""Rates of tax: the table counts; files fill it."""

from datetime import date
from pathlib import Path

import pytest

from frontdesk.billing import taxes
from frontdesk.billing.models import TaxRate

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 1)
UNION = {
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
}


def file(folder: Path, text: str) -> Path:
    made = folder / "rates.csv"
    made.write_text(text)
    return made


def test_every_country_of_the_union_has_a_rate_from_the_start() -> None:
    assert len(UNION) == 27
    rates = {country: taxes.rate_of(country, TODAY) for country in UNION}
    assert min(rates.values()) == rates["LU"] == 1700
    assert max(rates.values()) == rates["HU"] == 2700
    assert (rates["DE"], rates["FI"], rates["SK"], rates["EE"], rates["RO"]) == (1900, 2550, 2300, 2400, 2100)


def test_a_rate_counts_from_its_day() -> None:
    assert [taxes.rate_of("EE", date(2025, *day)) for day in ((6, 30), (7, 1))] == [2200, 2400]
    assert taxes.rate_of("ee", TODAY) == 2400
    assert taxes.rate_of("DE", date(1900, 1, 1)) == 0
    assert taxes.rate_of("US", TODAY) == taxes.rate_of("", TODAY) == 0


def test_loading_adds_what_is_new_and_never_overrules_the_table(tmp_path: Path) -> None:
    assert taxes.load(taxes.OURS) == 0
    TaxRate.objects.filter(country="EE", valid_from="2025-07-01").update(rate=2450)
    rows = file(
        tmp_path, "country,basis_points,valid_from\nee,2400,2025-07-01\nde,2000,2027-01-01\nDE,2000,2027-01-01\n"
    )
    assert [taxes.load(rows), taxes.load(rows)] == [1, 0]
    assert taxes.rate_of("EE", TODAY) == 2450
    assert taxes.rate_of("DE", date(2027, 1, 1)) == 2000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "land,rate,from\nDE,1900,2027-01-01\n",
        "country,basis_points,valid_from\nDE,19.0,2027-01-01\n",
        "country,basis_points,valid_from\nDE,-1,2027-01-01\n",
        "country,basis_points,valid_from\nDE,190000,2027-01-01\n",
        "country,basis_points,valid_from\nDEU,1900,2027-01-01\n",
        "country,basis_points,valid_from\nDE,1900,01.01.2027\n",
        "country,basis_points,valid_from\nDE\n",
    ],
)
def test_a_file_that_is_wrong_enters_nothing(tmp_path: Path, text: str) -> None:
    before = TaxRate.objects.count()
    good = "country,basis_points,valid_from\nFR,2100,2030-01-01\n"
    whole = good + text.partition("\n")[2] if text.startswith("country") else text
    with pytest.raises(taxes.RatesUnreadable):
        taxes.load(file(tmp_path, whole))
    assert TaxRate.objects.count() == before


def test_a_file_in_another_encoding_and_a_line_that_stops_early_are_named(tmp_path: Path) -> None:
    made = tmp_path / "rates.csv"
    made.write_bytes("country,basis_points,valid_from\nDE,1900,2027-01-01\n".encode("utf-16"))
    with pytest.raises(taxes.RatesUnreadable, match="UTF-8"):
        taxes.load(made)
    with pytest.raises(taxes.RatesUnreadable, match="line 2: Invalid isoformat"):
        taxes.load(file(tmp_path, "country,basis_points,valid_from\nDE,1900\n"))
