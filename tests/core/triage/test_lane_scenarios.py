"""Lanes and kinds of breakage over whole breaks with mixed evidence."""

import pytest

from bot.core.estate.lane import Lane
from bot.core.triage.suggest import Suggestion, suggest
from tests.core.scene_estate import NOW, Scenario, estate_of, facts_of
from tests.core.scenes_of_rows import ROWS
from tests.core.scenes_told import TOLD

ALL = (*TOLD, *ROWS)


def suggestion_for(one: Scenario) -> Suggestion:
    estate = estate_of(one)
    return suggest(facts_of(one, estate), estate.connections[one.on], estate, NOW)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_the_lane_follows_the_evidence(one: Scenario) -> None:
    said = suggestion_for(one)

    assert said.lane is one.lane, said.reasons
    assert one.layer in (None, said.layer)


def test_the_kind_of_breakage_is_known_in_nineteen_of_twenty() -> None:
    right = [one.id for one in ALL if suggestion_for(one).error_class in one.classes]

    assert len(right) >= 0.95 * len(ALL), {one.id for one in ALL} - set(right)


def test_a_confident_suggestion_is_right_and_confidence_is_no_rarity() -> None:
    sure = [one for one in ALL if suggestion_for(one).confident]

    right = [one for one in sure if suggestion_for(one).lane is one.lane]

    assert len(right) >= 0.97 * len(sure)
    assert len(sure) >= len(ALL) / 2


def test_without_any_evidence_nobody_pretends_to_be_sure() -> None:
    silent = Scenario(
        id="silence", on="shop-orders", lane=Lane.VENDOR, classes=(), why="", dark=("bank",)
    )

    assert not suggestion_for(silent).confident
