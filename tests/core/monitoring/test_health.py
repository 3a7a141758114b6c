"""From looks to verdicts: believed only when enough looks agree, and never moved by blindness."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.core.estate.check_spec import CheckSpec, Rule, Threshold
from bot.core.monitoring.health import CheckHealth, combine, first, flip, step
from bot.core.monitoring.rules import Verdict, evaluate
from bot.core.monitoring.signals import Blind, Reading, Signal
from tests.builders import DAY, HOUR, MINUTE, NOW, a_check, believed, saw

OK, DEGRADED, FAILING, UNKNOWN = Verdict.OK, Verdict.DEGRADED, Verdict.FAILING, Verdict.UNKNOWN
LETTERS = {"o": OK, "d": DEGRADED, "f": FAILING, "?": UNKNOWN}


def after(
    looks: str, start: CheckHealth | None = None, spec: CheckSpec | None = None
) -> CheckHealth:
    """The state after looks a minute apart, written as letters: o d f ?"""
    spec = spec or a_check()
    health = start or first(spec, NOW)
    for minute, letter in enumerate(looks):
        at = NOW + minute * MINUTE
        health = step(health, spec, saw(LETTERS[letter], at), at)
    return health


@pytest.mark.parametrize(
    ("given", "looks", "expected"),
    [
        pytest.param(OK, "f", OK, id="one bad look is doubt"),
        pytest.param(OK, "ff", FAILING, id="two are believed"),
        pytest.param(OK, "fof", OK, id="a good look between starts the count anew"),
        pytest.param(OK, "fd", DEGRADED, id="the mildest that all of them support"),
        pytest.param(OK, "df", DEGRADED, id="in either order"),
        pytest.param(OK, "dff", DEGRADED, id="and worse is counted from there on"),
        pytest.param(OK, "dfff", FAILING, id="until it is believed too"),
        pytest.param(FAILING, "o", FAILING, id="one good look is no recovery"),
        pytest.param(FAILING, "oo", OK, id="two are"),
        pytest.param(FAILING, "od", DEGRADED, id="recovery to the nearest"),
        pytest.param(FAILING, "ofo", FAILING, id="a relapse starts the count anew"),
        pytest.param(DEGRADED, "of", DEGRADED, id="better and worse are not added up"),
        pytest.param(OK, "?", OK, id="one blind look changes nothing"),
        pytest.param(OK, "??", UNKNOWN, id="two make it unknown"),
        pytest.param(FAILING, "??", UNKNOWN, id="also what was failing"),
        pytest.param(OK, "f?f", FAILING, id="a blind look does not hide an outage"),
        pytest.param(OK, "?f?f", FAILING, id="nor do several"),
        pytest.param(FAILING, "o?o", OK, id="nor a recovery"),
        pytest.param(OK, "f??f", UNKNOWN, id="but blindness that is believed clears the count"),
        pytest.param(OK, "??o", OK, id="seeing again needs no second opinion"),
        pytest.param(FAILING, "??o", UNKNOWN, id="unless it was failing when sight was lost"),
        pytest.param(FAILING, "??oo", OK, id="then it has to recover as ever"),
        pytest.param(DEGRADED, "??o", UNKNOWN, id="or degraded"),
        pytest.param(OK, "??f", UNKNOWN, id="bad news after blindness is confirmed"),
        pytest.param(OK, "??ff", FAILING, id="and then believed"),
        pytest.param(UNKNOWN, "f??f", UNKNOWN, id="looks far apart are not in a row"),
    ],
)
def test_a_verdict_changes_only_after_enough_looks_in_a_row(
    given: Verdict, looks: str, expected: Verdict
) -> None:
    assert after(looks, believed(given)).verdict is expected


@pytest.mark.parametrize(
    ("looks", "shown"),
    [
        ("", None),
        ("o", OK),
        ("f", None),
        ("ff", FAILING),
        ("d", None),
        ("?", None),
        ("??", UNKNOWN),
        ("f?", None),
        ("fo", OK),
    ],
)
def test_a_new_check_says_nothing_before_its_first_verdict_is_settled(
    looks: str, shown: Verdict | None
) -> None:
    health = combine("orders", [after(looks)])

    assert (health.verdict if health else None) is shown


def test_a_new_check_in_doubt_leaves_the_verdict_of_the_others() -> None:
    new = after("f", spec=a_check(id="new"))

    health = combine("orders", [believed(OK), new])

    assert health is not None
    assert health.verdict is OK


def test_an_outage_is_back_dated_to_the_first_bad_look_and_a_recovery_is_not() -> None:
    down = after("off", believed(OK))
    up = after("foo", believed(FAILING))
    blind = after("o??", believed(OK))

    assert down.since == NOW + MINUTE
    assert up.since == NOW + 2 * MINUTE
    assert blind.since == NOW + MINUTE


@pytest.mark.parametrize(
    ("looks", "wait"),
    [("o", 3 * MINUTE), ("f", MINUTE), ("ff", 3 * MINUTE), ("?", MINUTE), ("??", 3 * MINUTE)],
)
def test_it_looks_again_soon_while_in_doubt(looks: str, wait: timedelta) -> None:
    at = NOW + (len(looks) - 1) * MINUTE

    assert after(looks, believed(OK)).next_check_at == at + wait


LOOKS = st.text(alphabet="odf?", max_size=25)


@given(LOOKS, st.integers(1, 4), st.integers(1, 4))
def test_blind_looks_between_never_open_or_close_anything(
    looks: str, confirm: int, recover: int
) -> None:
    spec = a_check(confirm=confirm, recover=recover)
    changes = []
    health = first(spec, NOW)

    for minute, letter in enumerate(looks):
        at = NOW + minute * MINUTE
        now = step(health, spec, saw(LETTERS[letter], at), at)
        if now.verdict is not health.verdict:
            changes.append((now.verdict, letter))
        health = now

    assert all((verdict is UNKNOWN) == (letter == "?") for verdict, letter in changes)


@given(LOOKS, st.sampled_from("odf"), st.integers(1, 4))
def test_whatever_came_before_enough_equal_looks_are_believed(
    looks: str, letter: str, count: int
) -> None:
    spec = a_check(confirm=count, recover=count)

    # Enough of the mildest between, then enough of the verdict itself.
    health = after(looks + letter * 2 * count, spec=spec)

    assert health.verdict is LETTERS[letter]
    assert health.settled


@given(LOOKS)
def test_there_is_always_a_next_look(looks: str) -> None:
    health = after(looks)

    at = NOW + max(0, len(looks) - 1) * MINUTE
    assert at <= health.next_check_at <= at + 3 * MINUTE


def rule(signal: Signal, text: str, warn: str = "") -> Rule:
    def threshold(form: str) -> Threshold:
        op, value = form.split()
        return Threshold(
            op=op, value=MINUTE * int(value[:-1]) if value[-1] == "m" else _plain(value)
        )

    return Rule(
        signal=signal,
        fail=threshold(text) if text else None,
        warn=threshold(warn) if warn else None,
    )


def _plain(value: str) -> float | str:
    try:
        return float(value)
    except ValueError:
        return value


@pytest.mark.parametrize(
    ("rule", "signals", "expected"),
    [
        pytest.param(rule(Signal.FAILED, "> 10"), {"failed": 10.0}, OK, id="at the limit"),
        pytest.param(rule(Signal.FAILED, "> 10"), {"failed": 11.0}, FAILING, id="above it"),
        pytest.param(rule(Signal.FAILED, "> 10"), {}, FAILING, id="missing fails closed"),
        pytest.param(rule(Signal.FAILED, "", "> 1"), {}, DEGRADED, id="missing for a warning"),
        pytest.param(rule(Signal.FAILED, "> 10"), {"failed": float("nan")}, FAILING, id="NaN"),
        pytest.param(rule(Signal.FAILED, "< 10"), {"failed": float("inf")}, FAILING, id="infinity"),
        pytest.param(rule(Signal.FAILED, "> 10"), {"failed": "many"}, FAILING, id="text for count"),
        pytest.param(rule(Signal.FAILED, "> 10"), {"failed": NOW}, FAILING, id="time for a count"),
        pytest.param(
            rule(Signal.LAST_SUCCESS, "> 30m"), {"last_success": NOW - HOUR}, FAILING, id="too old"
        ),
        pytest.param(
            rule(Signal.LAST_SUCCESS, "> 30m"), {"last_success": NOW - MINUTE}, OK, id="fresh"
        ),
        pytest.param(
            rule(Signal.LAST_SUCCESS, "> 30m"), {"last_success": "today"}, FAILING, id="no time"
        ),
        pytest.param(
            rule(Signal.EXPIRES_AT, "< 30m"), {"expires_at": NOW + MINUTE}, FAILING, id="expires"
        ),
        pytest.param(
            rule(Signal.EXPIRES_AT, "< 30m"), {"expires_at": NOW - MINUTE}, FAILING, id="expired"
        ),
        pytest.param(
            rule(Signal.EXPIRES_AT, "< 30m"), {"expires_at": NOW + HOUR}, OK, id="long valid"
        ),
        pytest.param(rule(Signal.STATUS, "!= ok"), {"status": "OK"}, OK, id="case is no matter"),
        pytest.param(rule(Signal.STATUS, "!= ok"), {"status": "error"}, FAILING, id="other text"),
        pytest.param(rule(Signal.ENABLED, "== 0"), {"enabled": False}, FAILING, id="switched off"),
        pytest.param(rule(Signal.ENABLED, "== 0"), {"enabled": True}, OK, id="switched on"),
        pytest.param(
            rule(Signal.QUEUE_OLDEST, "> 30m"), {"queue_depth": 0.0}, OK, id="an empty queue"
        ),
        pytest.param(
            rule(Signal.QUEUE_OLDEST, "> 30m"), {"queue_depth": 3.0}, FAILING, id="oldest unknown"
        ),
        pytest.param(rule(Signal.RUNNING_SINCE, "> 30m"), {}, OK, id="nothing is running"),
        pytest.param(
            rule(Signal.FAILED, "> 10"),
            {"reachable": False, "failed": 0.0},
            FAILING,
            id="no answer",
        ),
    ],
)
def test_one_look_is_judged_by_the_rule(
    rule: Rule, signals: dict[str, Any], expected: Verdict
) -> None:
    evaluation = evaluate(a_check(rules=(rule,)), Reading(at=NOW, signals=signals), NOW)

    assert evaluation.verdict is expected
    assert bool(evaluation.reasons) == (expected is not OK)


def test_the_worst_rule_decides_and_speaks_first() -> None:
    rules = (rule(Signal.FAILED, "> 10", "> 0"), rule(Signal.STATUS, "!= ok"))
    reading = Reading(at=NOW, signals={Signal.FAILED: 5.0, Signal.STATUS: "error"})

    evaluation = evaluate(a_check(rules=rules), reading, NOW)

    assert evaluation.verdict is FAILING
    assert "Status says “error”." in evaluation.reasons[0]
    assert len(evaluation.reasons) == 2


def test_text_of_the_far_end_holds_no_mark_of_ours() -> None:
    mark = "‹p:charlie›"
    reading = Reading(at=NOW, signals={Signal.REACHABLE: False}, error=mark)

    evaluation = evaluate(a_check(), reading, NOW)

    assert mark not in evaluation.reasons[0]


class TestWhatIsRemembered:
    def test_a_blind_look_erases_nothing(self) -> None:
        health = after("d", believed(OK))

        blind = step(health, a_check(), Blind(at=NOW, reason="no network"), NOW)

        assert blind.signals == health.signals
        assert blind.error == "no network"

    def test_the_version_is_kept_through_an_answer_without_it(self) -> None:
        known = step(believed(OK), a_check(), saw(OK, version="25.0"), NOW)

        without = step(known, a_check(), saw(FAILING), NOW)

        assert without.signals[Signal.VERSION] == "25.0"

    def test_other_values_go_with_the_answer_that_had_them(self) -> None:
        known = step(believed(OK), a_check(), saw(OK, status="idle"), NOW)

        assert Signal.STATUS not in step(known, a_check(), saw(OK), NOW).signals

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
    @pytest.mark.parametrize("name", [Signal.LATENCY, Signal.FAILED])
    def test_a_number_that_cannot_be_stored_is_left_out(self, name: str, value: float) -> None:
        seen = Reading(at=NOW, signals={Signal.FAILED: 0.0, name: value})

        health = step(believed(OK), a_check(), seen, NOW)

        assert name not in health.signals
        stored = TypeAdapter(CheckHealth).dump_json(health)
        assert TypeAdapter(CheckHealth).validate_json(stored) == health


class TestConnection:
    @pytest.mark.parametrize(
        ("verdicts", "expected"),
        [
            ([OK, OK], OK),
            ([OK, DEGRADED], DEGRADED),
            ([DEGRADED, FAILING], FAILING),
            ([OK, UNKNOWN], UNKNOWN),
            ([UNKNOWN, DEGRADED], DEGRADED),
            ([UNKNOWN, FAILING], FAILING),
        ],
    )
    def test_it_is_as_bad_as_its_worst_check(
        self, verdicts: Iterable[Verdict], expected: Verdict
    ) -> None:
        health = combine("orders", [believed(verdict) for verdict in verdicts])

        assert health is not None
        assert health.verdict is expected

    def test_it_is_unknown_to_us_before_any_check_has_looked(self) -> None:
        assert combine("orders", [first(a_check(), NOW)]) is None
        assert combine("orders", []) is None

    def test_it_fails_since_the_first_of_its_failing_checks(self) -> None:
        def failing(check: str, since: datetime, reason: str) -> CheckHealth:
            one = replace(believed(FAILING), connection="orders", check=f"orders/{check}")
            return replace(one, since=since, reasons=(reason,))

        jobs, hook = failing("jobs", NOW, "B."), failing("hook", NOW - DAY, "A.")
        health, alone = (
            combine("orders", [*some, believed(OK)]) for some in ([jobs, hook], [hook])
        )

        assert health is not None
        assert alone is not None
        assert health.since == NOW - DAY
        assert health.reasons == ("“jobs”: B.", "“hook”: A.")
        assert alone.reasons == ("A.",)

    def test_only_a_change_of_verdict_is_a_flip(self) -> None:
        good, bad = (combine("orders", [believed(verdict)]) for verdict in (OK, FAILING))
        assert good is not None
        assert bad is not None

        assert flip(good, replace(good, reasons=("Other words.",)), NOW) is None
        fresh = flip(None, good, NOW)
        down = flip(good, bad, NOW)

        assert fresh is not None
        assert fresh.old is None
        assert down is not None
        assert (down.old, down.new, down.at, down.since) == (OK, FAILING, NOW, bad.since)


COUNTED = (Signal.FAILED, Signal.FAILED_NEW, Signal.SKIPPED, Signal.QUEUE_DEPTH, Signal.PROCESSED)


@pytest.mark.parametrize("signal", COUNTED)
def test_one_of_something_is_said_as_one(signal: Signal) -> None:
    rule = Rule(signal=signal, fail=Threshold(op=">", value=0.0))
    spec = replace(a_check(), rules=(rule,))

    (one,) = evaluate(spec, Reading(at=NOW, signals={signal: 1}), NOW).reasons
    (two,) = evaluate(spec, Reading(at=NOW, signals={signal: 2}), NOW).reasons

    assert re.match(r"1 .*\brecord\b", one)
    assert re.match(r"2 .*\brecords\b", two)
