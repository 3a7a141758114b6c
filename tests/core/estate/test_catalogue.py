"""The estate at another pace, and secrets that do not show."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from bot.core.estate.catalogue import Catalogue, Credential, Criticality, LadderRung, Party
from bot.core.estate.check_spec import Rule, Threshold
from bot.core.estate.history import ReleaseStage
from bot.core.estate.pacing import paced
from bot.core.monitoring.signals import Signal
from bot.language.redaction import Secret
from tests.builders import DAY, HOUR, MINUTE, a_check, a_connection, an_estate

FACTOR = 60


def estate_of_spans() -> Catalogue:
    """Every place that can hold a time span holds one."""
    rules = (
        Rule(
            signal=Signal.LAST_SUCCESS,
            warn=Threshold(op=">", value=30 * MINUTE),
            fail=Threshold(op=">", value=60 * MINUTE),
        ),
        Rule(signal=Signal.EXPIRES_AT, warn=Threshold(op="<", value=30 * DAY)),
        Rule(signal=Signal.FAILED, fail=Threshold(op=">", value=10.0)),
    )
    settings = {"period": "1d", "grace": "1h"}
    connection = a_connection(
        tolerance=4 * HOUR,
        ladder=(LadderRung(after=15 * MINUTE, people=("alice",)),),
        credentials=(Credential(id="c", name="Key", rotate_every=90 * DAY, expires=date.max),),
        checks=(a_check(kind="heartbeat", rules=rules, settings=settings),),
    )
    vendor = Party(id="vendor", name="V", respond_within={Criticality.CRITICAL: 4 * HOUR})
    return an_estate(connection, parties={"vendor": vendor})


def spans(value: Any, path: str = "") -> Iterator[tuple[str, timedelta]]:
    if isinstance(value, timedelta):
        yield path, value
    elif is_dataclass(value):
        for field in fields(value):
            yield from spans(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, Mapping | BaseModel):
        for key, item in dict(value).items():
            yield from spans(item, f"{path}.{key}")
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from spans(item, f"{path}.{place}")


def test_a_faster_clock_reaches_every_waiting_time_and_no_calendar_fact() -> None:
    estate = estate_of_spans()
    # Networks, calendars, what the business bears and what contracts say keep their own pace.
    kept = ("timeout", "rotate_every", ".rules.1.warn.value", ".tolerance", ".critical")
    kept += ("attest_every", "docs_max_age", "emergency_approval")
    kept += tuple(f"release_reminders.{stage}" for stage in ReleaseStage)

    quick = dict(spans(paced(estate, FACTOR)))

    before = dict(spans(estate))
    assert len(before) >= 11
    assert quick == {
        path: span if path.endswith(kept) else span / FACTOR for path, span in before.items()
    }


def test_the_pace_of_one_changes_nothing() -> None:
    assert paced(estate_of_spans(), 1) == estate_of_spans()


@pytest.mark.parametrize("write", [str, repr, "{}".format, "%s".__mod__, lambda s: f"{[s]}"])
def test_a_secret_never_shows_itself(write: Any) -> None:
    secret = Secret("s3cret")

    assert "s3cret" not in write(secret)
    assert secret.reveal() == "s3cret"


def test_names_of_people_and_systems_that_left_are_their_ids() -> None:
    estate = an_estate()

    assert estate.person_name(None) == "nobody"
    assert estate.person_name("gone") == "gone"
    assert estate.person_name("bob") == "Bob"
    assert estate.system_name("gone") == "gone"
