"""What is suggested in place of a time zone that is none is never hours off."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.files.yaml_slips import A_PLACE, zone_hint
from bot.language.zones import zone_names

# Abbreviations and offsets, of which several places have each or none.
NO_PLACES = [
    *("GMT+1", "GMT+2", "UTC+1", "UTC+01:00", "+01:00", "BST", "PST", "PDT", "EDT", "CEST", "MEZ"),
    *("IST", "AEST", "SAST", "JST", "Mars/Base", "Europe/Munich", "Europe/Xyz", "", "/"),
]
MEANT = {
    "Europe/Amsterdm": "Europe/Amsterdam",
    "europe/amsterdam": "Europe/Amsterdam",
    "Amsterdam": "Europe/Amsterdam",
    "Europe/New_York": "America/New_York",
    "New York": "America/New_York",
    "US/Easten": "US/Eastern",
    "utc": "UTC",
    "W. Europe Standard Time": "Europe/Berlin",
    "pacific standard time": "America/Los_Angeles",
    "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna": "Europe/Berlin",
}


@pytest.mark.parametrize("name", NO_PLACES)
def test_what_is_no_place_is_taken_for_none(name: str) -> None:
    assert zone_hint(name) == A_PLACE


@pytest.mark.parametrize(("name", "zone"), MEANT.items())
def test_what_is_meant_without_doubt_is_named(name: str, zone: str) -> None:
    assert zone_hint(name) == f"did you mean '{zone}'?"


@pytest.mark.parametrize("month", [1, 7])
def test_a_place_with_a_letter_lost_is_never_taken_for_one_with_another_hour(month: int) -> None:
    at = datetime(2027, month, 1, tzinfo=UTC)
    for name in sorted(zone_names()):
        region, _, place = name.rpartition("/")
        slip = f"{region}/{place[:-2]}{place[-1:]}"
        if region in ("Europe", "Asia", "Africa") and slip not in zone_names():
            hint = zone_hint(slip).removeprefix("did you mean '").removesuffix("'?")
            if hint in zone_names() and len(place) > 5:
                offsets = {at.astimezone(ZoneInfo(one)).utcoffset() for one in (name, hint)}
                assert len(offsets) == 1, (slip, hint)
