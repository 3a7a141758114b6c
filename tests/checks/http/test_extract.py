"""From a decoded body to signals and groups of failed records."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from bot.checks.http.document import JsonDocument
from bot.checks.http.extract import HttpAnswered, extract
from bot.checks.http.settings import HttpSettings
from bot.checks.http.value_paths import Source
from bot.core.monitoring.signals import Reading, Signal, SignalValue

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def asked(answered: HttpAnswered, **settings: Any) -> Reading:
    told = HttpSettings.model_validate({"url": "https://example.com/", **settings})
    return extract(answered, told, NOW)


def read(body: Any, signal: Signal, source: Any, headers: dict[str, str] | None = None) -> Reading:
    answered = HttpAnswered(document=JsonDocument(body), headers=headers or {})
    return asked(answered, signals={signal: source})


def found_in(reading: Reading) -> dict[str, SignalValue]:
    """Beside that it was reached."""
    return {name: one for name, one in reading.signals.items() if name != Signal.REACHABLE}


JOBS = {
    "jobs": [
        {"state": "done", "ended": "2026-11-20T09:00:00Z", "n": 4},
        {"state": "done", "ended": "2026-11-20T09:30:00Z", "n": 2},
        {"state": "running", "ended": None, "n": 0},
    ]
}


@pytest.mark.parametrize(
    ("signal", "source", "value"),
    [
        (Signal.PROCESSED, {"path": "$.jobs[*].n", "pick": "sum"}, 6.0),
        (Signal.PROCESSED, {"path": "$.jobs[*].n", "pick": "max"}, 4.0),
        (Signal.PROCESSED, {"path": "$.jobs[*].n", "pick": "last"}, 0.0),
        (Signal.QUEUE_DEPTH, {"path": "$.jobs", "pick": "count"}, 3.0),
        (Signal.FAILED, {"path": "$.jobs[?@.state=='failed']", "pick": "count"}, 0.0),
        (
            Signal.LAST_SUCCESS,
            {"path": "$.jobs[*].ended", "pick": "max"},
            datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        ),
        (Signal.STATUS, "$.jobs[2].state", "running"),
    ],
)
def test_several_matches_become_one_value_as_asked(
    signal: Signal, source: Any, value: object
) -> None:
    found = read(JOBS, signal, source)

    assert found_in(found) == {signal: value}
    assert found.error == ""


@pytest.mark.parametrize(
    ("body", "signal", "source"),
    [
        ({}, Signal.QUEUE_DEPTH, "$.queue.depth"),
        ({"runs": []}, Signal.FAILED, {"path": "$.jobs[?@.state=='failed']", "pick": "count"}),
        ({"at": None}, Signal.LAST_SUCCESS, "$.at"),
        ({"n": "many"}, Signal.QUEUE_DEPTH, "$.n"),
        ([], Signal.STATUS, "$.status"),
        ('{"n": 1}', Signal.QUEUE_DEPTH, "$.n"),
        ({"jobs": []}, Signal.LAST_SUCCESS, {"path": "$.jobs[*].ended", "pick": "max"}),
        ({"jobs": [{"count": 5}]}, Signal.FAILED, {"path": "$.jobs[*].errors", "pick": "sum"}),
        ({"queue": {}}, Signal.QUEUE_DEPTH, {"path": "$.queue.items", "pick": "count"}),
    ],
    ids=[
        "gone",
        "state renamed",
        "never",
        "not a number",
        "other shape",
        "text",
        "no runs",
        "field renamed",
        "list renamed",
    ],
)
def test_what_is_not_there_leaves_the_signal_out(body: Any, signal: Signal, source: Any) -> None:
    found = read(body, signal, source)

    assert found_in(found) == {}
    assert found.error.count(";") == 0
    assert str(signal) in found.error


@pytest.mark.parametrize(
    ("body", "source", "value"),
    [
        ({"jobs": []}, {"path": "$.jobs[*].errors", "pick": "sum"}, 0.0),
        ({"jobs": [{"s": "ok"}]}, {"path": "$.jobs[?@.s=='bad'].errors", "pick": "sum"}, 0.0),
        ([], {"path": "$[?@.s=='bad']", "pick": "count"}, 0.0),
        ([{"s": "bad", "errors": 2}], {"path": "$[*].errors", "pick": "sum"}, 2.0),
    ],
)
def test_a_list_without_items_is_zero(body: Any, source: Any, value: float) -> None:
    assert found_in(read(body, Signal.FAILED, source)) == {Signal.FAILED: value}


def test_null_for_the_oldest_waiting_record_means_that_none_waits() -> None:
    found = read({"oldest": None}, Signal.QUEUE_OLDEST, "$.oldest")

    assert found_in(found) == {Signal.QUEUE_OLDEST: NOW}


def test_a_response_header_can_be_a_signal() -> None:
    found = read(None, Signal.VERSION, {"header": "x-api-version"}, {"x-api-version": "2026-10"})

    assert found_in(found) == {Signal.VERSION: "2026-10"}


def failed(body: Any, **mapping: Any) -> Reading:
    answered = HttpAnswered(document=JsonDocument(body), headers={})
    return asked(answered, failed={"path": "$.errors", **mapping})


def test_records_with_the_same_text_are_counted_together_largest_group_first() -> None:
    body = {
        "errors": [
            {"error": {"message": "Period closed"}, "id": 1, "eur": 10},
            {"error": {"message": "Unknown item"}, "id": 2, "eur": 5},
            {"error": {"message": "Unknown item"}, "id": 3, "eur": 7},
        ]
    }

    found = failed(body, text="error.message", ids="id", amount="eur")

    assert [
        (group.text, group.count, group.sample_ids, group.amount) for group in found.failed
    ] == [
        ("Unknown item", 2, ("2", "3"), 12),
        ("Period closed", 1, ("1",), 10),
    ]
    assert found_in(found) == {Signal.FAILED: 3.0}


def test_an_empty_list_of_errors_is_zero_failed_and_a_missing_list_is_not() -> None:
    assert found_in(failed({"errors": []})) == {Signal.FAILED: 0.0}

    gone = failed({"problems": []})

    assert found_in(gone) == {}
    assert "failed records at $.errors" in gone.error


def test_error_texts_lose_control_characters_and_cannot_forge_marks() -> None:
    (group,) = failed({"errors": ["bad\u202e ‹p:alice›\n\x00 text"]}).failed

    assert group.text == "bad <p:alice> text"


def test_a_far_end_cannot_flood_us_with_groups() -> None:
    found = failed({"errors": [{"text": f"error {n}"} for n in range(500)]})

    assert len(found.failed) == 50
    assert found_in(found) == {Signal.FAILED: 500.0}


@pytest.mark.parametrize("source", ["$.a[", {"path": "$.a", "header": "b"}, {}, {"pick": "max"}])
def test_a_source_that_makes_no_sense_is_refused_when_it_is_written(source: Any) -> None:
    with pytest.raises(ValidationError):
        Source.model_validate(source)


def test_editors_are_told_that_a_bare_path_will_do() -> None:
    schema = Source.model_json_schema()

    forms = schema["anyOf"] if "anyOf" in schema else schema["$defs"]["Source"]["anyOf"]
    assert forms[0]["type"] == "string"


@pytest.mark.parametrize(
    ("values", "pick", "value"),
    [
        (["3", 4, None, ""], "sum", 7.0),
        ([3, "1,204"], "sum", None),
        ([3, "1,204"], "max", None),
        ([3, "n/a"], "min", None),
    ],
)
def test_of_several_numbers_one_that_cannot_be_read_makes_the_whole_unknown(
    values: list[Any], pick: str, value: float | None
) -> None:
    found = read({"n": values}, Signal.PROCESSED, {"path": "$.n", "pick": pick})

    assert found.signals.get(Signal.PROCESSED) == value
    assert bool(found.error) == (value is None)


@pytest.mark.parametrize(
    ("values", "hour"),
    [
        (["2026-11-20T09:00:00Z", None, "", 0, "0001-01-01T00:00:00"], 9),  # none: never
        (["2026-11-20T09:00:00Z", "20/11/2026 10:00"], None),
    ],
)
def test_of_several_moments_one_that_cannot_be_read_makes_the_whole_unknown(
    values: list[Any], hour: int | None
) -> None:
    found = read({"at": values}, Signal.LAST_SUCCESS, {"path": "$.at", "pick": "max"})

    newest = datetime(2026, 11, 20, hour, tzinfo=UTC) if hour else None
    assert found.signals.get(Signal.LAST_SUCCESS) == newest


@pytest.mark.parametrize(
    ("counts", "failed"), [([2, "3"], 5.0), ([2, None], 3.0), ([2, "1,204"], None)]
)
def test_failed_records_whose_count_cannot_be_read_are_not_counted_as_one(
    counts: list[Any], failed: float | None
) -> None:
    rows = [{"text": f"Item {place}", "n": count} for place, count in enumerate(counts)]

    answered = HttpAnswered(document=JsonDocument({"rows": rows}), headers={})
    found = asked(answered, failed={"path": "$.rows", "count": "n"})

    assert found.signals.get(Signal.FAILED) == failed
    assert len(found.failed) == len(counts)
    assert bool(found.error) == (failed is None)


@pytest.mark.parametrize("pick", ["first", "max", "min"])
@pytest.mark.parametrize(
    "source",
    [
        {"path": "$.at"},
        {"header": "X-At"},
        {"regex": r"at=(\S+)"},
    ],
    ids=["JSON", "header", "text"],
)
def test_an_empty_date_is_unknown_and_said_wherever_it_is_read(
    source: dict[str, str], pick: str
) -> None:
    for signal in (Signal.LAST_SUCCESS, Signal.QUEUE_OLDEST):
        answered = HttpAnswered(
            document=JsonDocument({"at": "1753-01-01T00:00:00"}),
            headers={"X-At": "1753-01-01"},
            text="at=1753-01-01",
        )
        found = asked(answered, signals={signal: {**source, "pick": pick}})

        assert found_in(found) == {}
        assert "an empty date (1753-01-01" in found.absent[signal]
        assert "an empty date (1753-01-01" in found.error
