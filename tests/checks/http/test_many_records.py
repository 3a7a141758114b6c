"""An answer with very many records, or with very long texts, costs little: what nobody will be told
is counted and not looked through."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.checks.http.document import JsonDocument
from bot.checks.http.extract import MOST_GROUPS, failed_records
from bot.checks.http.value_paths import FailedMapping
from bot.checks.secrets.secrecy import LONGEST, redact_secrets

ZONE = ZoneInfo("UTC")
MANY = 19_000
MOST_LOOKED_THROUGH = 150_000  # characters of one answer
MAPPING = FailedMapping(path="$.errors", text="message", count="count", ids="ids")


def reads(errors: Any) -> tuple[Any, list[str]]:
    """What is found, and every text that was looked through for it."""
    looked: list[str] = []

    def clean(text: str) -> str:
        looked.append(text)
        return text

    return failed_records(JsonDocument({"errors": errors}), MAPPING, ZONE, clean), looked


SHAPES: dict[str, Callable[[int], dict[str, Any]]] = {
    "all different": lambda n: {"message": f"err {n} zz", "count": 1, "ids": [f"id {n}"]},
    "long texts": lambda n: {"message": f"{n} " + "x" * 3000, "count": 1, "ids": ["y" * 3000]},
    "many ids": lambda n: {
        "message": f"err {n % 60}",
        "count": 1,
        "ids": [f"{n}-{m}" for m in range(40)],
    },
    "all alike": lambda n: {"message": "err", "count": 1, "ids": [f"id {n}"]},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_all_are_counted_and_few_are_looked_through(shape: str) -> None:
    many = MANY if shape != "long texts" else 600

    found, looked = reads([SHAPES[shape](n) for n in range(many)])

    assert found is not None
    assert found.count == many
    assert 1 <= len(found.groups) <= MOST_GROUPS
    assert sum(map(len, looked)) <= MOST_LOOKED_THROUGH


def test_the_largest_groups_are_told_wherever_they_stand() -> None:
    errors = [{"message": f"err {n}", "count": 1} for n in range(MANY)]
    errors += [{"message": "posting period is closed", "count": 9, "ids": ["A1"]}] * 2

    found, _ = reads(errors)

    assert found is not None
    assert (found.groups[0].text, found.groups[0].count) == ("posting period is closed", 18)
    assert found.groups[0].sample_ids == ("A1", "A1")
    assert found.count == MANY + 18


def test_texts_that_differ_only_by_a_secret_are_one_group() -> None:
    document = JsonDocument({"errors": [{"message": f"no: {one}"} for one in ("abc-123", "***")]})

    found = failed_records(document, MAPPING, ZONE, lambda text: redact_secrets(text, ["abc-123"]))

    assert found is not None
    assert [(one.text, one.count) for one in found.groups] == [("no: ***", 2)]


def test_of_a_text_no_more_is_looked_through_than_could_be_told() -> None:
    kept = redact_secrets("x" * (LONGEST - 4) + "s3cret-value" + "x" * 800_000, ["s3cret-value"])

    assert kept == "x" * (LONGEST - 4) + "***…"
