"""Time windows in addresses and bodies."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.checks.http.settings import HttpSettings
from bot.checks.templates import filled, moment
from bot.language.redaction import Secret

NOW = datetime(2026, 11, 20, 23, 30, 15, tzinfo=UTC)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("{{now}}", "2026-11-20T23:30:15Z"),
        ("since={{now-24h}}", "since=2026-11-19T23:30:15Z"),
        ("{{ now + 1h30m | iso }}", "2026-11-21T01:00:15Z"),
        ("{{now|epoch}}", "1795217415"),
        ("{{now|epoch_ms}}", "1795217415000"),
        ("LogEnd gt {{now-1d|odata}}", "LogEnd gt datetime'2026-11-19T23:30:15'"),
        ("{{now|date}}", "2026-11-21"),
        ("{{now|sql}}", "2026-11-21 00:30:15"),
        ("{{today}}", "2026-11-20T23:00:00Z"),
        ("{{today-1d|date}} to {{today|date}}", "2026-11-20 to 2026-11-21"),
        ("no template", "no template"),
    ],
)
def test_a_template_becomes_the_moment_it_names(written: str, sent: str) -> None:
    assert filled(written, NOW, AMSTERDAM) == sent


def test_templates_are_filled_in_nested_bodies_and_other_values_stay() -> None:
    body = {"from": "{{now-1h}}", "filters": [{"at": "{{now}}"}, 5, None, True]}

    sent = filled(body, NOW)

    assert sent == {
        "from": "2026-11-20T22:30:15Z",
        "filters": [{"at": "2026-11-20T23:30:15Z"}, 5, None, True],
    }


def test_a_secret_stays_marked_when_a_template_in_it_is_filled() -> None:
    sent = filled(Secret("key-{{now|date}}"), NOW)

    assert isinstance(sent, Secret)
    assert sent.reveal() == "key-2026-11-20"


@pytest.mark.parametrize("wrong", ["{{nwo}}", "{{now-banana}}", "{{now|roman}}", "{{now", "{{}}"])
def test_a_slip_of_the_pen_is_refused_when_the_settings_are_read(wrong: str) -> None:
    with pytest.raises(ValidationError):
        HttpSettings.model_validate({"url": "https://example.com/", "params": {"since": wrong}})


def test_a_whole_template_is_also_known_as_a_moment() -> None:
    assert moment("{{now-1h}}", NOW) == datetime(2026, 11, 20, 22, 30, 15, tzinfo=UTC)
    assert moment("from {{now}}", NOW) is None


@pytest.mark.parametrize(
    ("now", "text", "filled_in"),
    [
        ("2027-03-29T10:00", "{{today-1d|date}}", "2027-03-28"),  # a day of 23 hours
        ("2027-11-01T10:00", "{{today-1d|date}}", "2027-10-31"),  # and one of 25
        ("2027-03-28T10:00", "{{today+1d|sql}}", "2027-03-29 00:00:00"),
        ("2027-11-01T10:00", "{{today-1d}}", "2027-10-30T22:00:00Z"),
        ("2027-11-01T10:00", "{{today-1d12h}}", "2027-10-30T10:00:00Z"),
        ("2027-11-01T10:00", "{{now-1d}}", "2027-10-31T10:00:00Z"),
    ],
)
def test_days_from_today_are_days_of_the_calendar_also_when_the_clocks_change(
    now: str, text: str, filled_in: str
) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert filled(text, at, ZoneInfo("Europe/Amsterdam")) == filled_in
