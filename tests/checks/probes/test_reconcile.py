"""Two sides that should agree."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.checks import PROBES
from bot.checks.probe import Tools
from bot.checks.probes.reconcile import ReconcileSettings, compared
from bot.checks.runner import Runner
from bot.core.monitoring.signals import Blind, Observation, Reading, Signal
from tests.checks.conftest import NOW, FarEnd, spec

pytestmark = pytest.mark.anyio
KIND = PROBES["reconcile"]


def side(**signals: Any) -> Reading:
    return Reading(at=NOW, signals={"reachable": True, **signals})


def weighed(source: Observation, target: Observation, **settings: Any) -> Observation:
    seen = {"kind": "http", "url": "https://example.com"}
    one = {**seen, "signals": dict.fromkeys(("processed", "amount"), "$.n")}
    both = {"source": one, "target": one, **settings}
    return compared(source, target, ReconcileSettings.model_validate(both), NOW)


@pytest.mark.parametrize(
    ("source", "target", "tolerance", "share", "difference"),
    [
        ({"processed": 100.0}, {"processed": 100.0}, 0, 1.0, 0),
        ({"processed": 100.0}, {"processed": 97.0}, 0, 0.97, 3),
        ({"processed": 100.0}, {"processed": 97.0}, 3, 1.0, 3),
        ({"processed": 97.0}, {"processed": 100.0}, 0, 0.97, -3),
        ({"processed": 0.0}, {"processed": 0.0}, 0, 1.0, 0),
        ({"processed": 5.0}, {"processed": 0.0}, 0, 0.0, 5),
        ({"processed": 9.0, "amount": 100.0}, {"processed": 9.0, "amount": 50.0}, 0, 0.5, 50),
        ({"processed": 5.0}, {"processed": -5.0}, 0, 0.0, 10),
    ],
)
def test_counts_and_sums_are_compared_and_the_worst_agreement_counts(
    source: dict[str, Any],
    target: dict[str, Any],
    tolerance: float,
    share: float,
    difference: float,
) -> None:
    seen = weighed(side(**source), side(**target), tolerance=tolerance)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.RECONCILED] == pytest.approx(share)
    assert seen.signals[Signal.DIFFERENCE] == difference
    assert bool(seen.error) is (share != 1.0)


@pytest.mark.parametrize(
    ("source", "target", "settings"),
    [
        ({"processed": 5.0}, {}, {}),
        ({}, {}, {}),
        ({"processed": 5.0, "amount": 1.0}, {"processed": 5.0}, {}),
        ({"processed": 5.0}, {"processed": 5.0}, {"compare": ["processed", "amount"]}),
    ],
)
def test_a_number_that_one_side_lacks_is_never_taken_for_agreement(
    source: dict[str, Any], target: dict[str, Any], settings: dict[str, Any]
) -> None:
    seen = weighed(side(**source), side(**target), **settings)

    assert isinstance(seen, Reading)
    assert (Signal.RECONCILED in seen.signals) is ("compare" in settings)
    assert "is not there on both sides" in seen.error or "compare" in settings


def test_a_side_that_cannot_be_seen_makes_the_comparison_blind() -> None:
    seen = weighed(side(processed=5.0), Blind(at=NOW, reason="credential refused"))

    assert isinstance(seen, Blind)
    assert seen.reason == "the target cannot be seen: credential refused"


def test_a_side_that_is_down_is_named() -> None:
    down = Reading(at=NOW, signals={"reachable": False}, error="Connection refused")

    seen = weighed(down, side(processed=5.0))

    assert isinstance(seen, Reading)
    assert seen.signals == {"reachable": False}
    assert seen.error == "the source: Connection refused"


async def test_a_shop_and_a_database_are_reconciled(
    far_end: FarEnd, tools: Tools, tmp_path: Path
) -> None:
    connection = sqlite3.connect(tmp_path / "erp.db")
    connection.executescript("CREATE TABLE o (n); INSERT INTO o VALUES (1), (2), (3);")
    connection.close()
    far_end.answers({"count": 4})
    check = spec(
        "reconcile",
        source={"kind": "http", "url": far_end.url, "signals": {"processed": "$.count"}},
        target={
            "kind": "sql",
            "url": f"sqlite:///{tmp_path}/erp.db",
            "signals": {"processed": "SELECT count(*) FROM o"},
        },
    )

    seen = await Runner(tools, PROBES).observe(check, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.RECONCILED] == 0.75
    assert seen.error == "processed: source 4, target 3"


@pytest.mark.parametrize(
    "source",
    [
        {"kind": "carrier-pigeon"},
        {"kind": "reconcile", "source": {}, "target": {}},
        {"kind": "http"},
        {"kind": "http", "url": "https://example.com", "colour": "red"},
        {},
    ],
)
def test_a_side_is_checked_like_any_check(source: dict[str, Any]) -> None:
    target = {"kind": "http", "url": "https://example.com", "signals": {"processed": "$.n"}}

    KIND.settings.model_validate({"source": target, "target": target})
    with pytest.raises(ValidationError):
        KIND.settings.model_validate({"source": source, "target": target})


def test_secrets_of_a_side_are_those_of_the_check_and_stay_hidden() -> None:
    side = {"kind": "http", "url": "https://example.com", "signals": {"processed": "$.n"}}

    settings = KIND.settings.model_validate(
        {"source": {**side, "bearer": "hunter22"}, "target": side}
    )

    assert "hunter22" in settings.secrets()
    assert "hunter22" not in f"{settings} {settings!r}"


@pytest.mark.parametrize(
    ("compare", "given"),
    [(["size"], ["processed"]), (None, ["size"])],
)
def test_what_a_side_never_gives_cannot_be_compared(
    compare: list[str] | None, given: list[str]
) -> None:
    paths = dict.fromkeys(given, "$.n")
    side = {"kind": "http", "url": "https://example.com", "signals": paths}
    asked = {"compare": compare} if compare else {}

    with pytest.raises(ValidationError, match="compared"):
        KIND.settings.model_validate({"source": side, "target": side, **asked})
