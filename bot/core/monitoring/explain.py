"""Why a look came out as it did (every signal, every rule, and what each says of it), and what the
volume rules would have said of the hours that are kept, for tuning and for trust.

Nothing here decides; it lays out for the terminal and for JSON what `rules` decided. Of volume only
hours are kept, so a silence is heard at the end of an hour here, and earlier in the running bot.
The profile is learnt anew each day from what lay before it, as the bot does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.estate.check_spec import CheckSpec, Rule, Threshold, VolumeRule
from bot.core.monitoring.rules import Evaluation, Verdict, evaluate, rule_results
from bot.core.monitoring.signals import SWITCHES, Blind, Observation, Reading, Signal, SignalValue
from bot.core.monitoring.volume import (
    HOUR,
    LEARN_FROM,
    MIN_WEEKS,
    Habit,
    Hour,
    Profile,
    Quiet,
    judge_day,
    learn,
    limit,
    listen,
    whole_days,
)
from bot.language.marks import when
from bot.language.units import write_duration


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSaid:
    """`rule` is the rule as the file has it, `value` what it was given (empty when missing)."""

    rule: str
    value: str
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """`signals` and all sentences are in `language.marks` marks; `blind` says why nothing was
    seen."""

    check: str
    kind: str
    signals: tuple[tuple[str, str], ...]
    failed: tuple[tuple[int, str], ...]
    error: str
    blind: str
    rules: tuple[RuleSaid, ...]
    evaluation: Evaluation
    next_steps: tuple[str, ...]


def explain(spec: CheckSpec, observation: Observation, now: datetime) -> Explanation:
    """One look, laid out. What needs several looks is only named."""
    reading = None if isinstance(observation, Blind) else observation
    # Of something that does not answer no value is known, so no rule is asked.
    silent = reading is not None and reading.signals.get(Signal.REACHABLE) is False
    signals = sorted(reading.signals.items()) if reading else []
    return Explanation(
        check=spec.key,
        kind=spec.kind,
        signals=tuple((name, say_value(value)) for name, value in signals),
        failed=tuple((group.count, group.text) for group in reading.failed) if reading else (),
        error=reading.error if reading else "",
        blind=observation.reason if isinstance(observation, Blind) else "",
        rules=_said(spec, reading, now) if reading and not silent else (),
        evaluation=evaluate(spec, observation, now),
        next_steps=_next_steps(spec),
    )


def _said(spec: CheckSpec, reading: Reading, now: datetime) -> tuple[RuleSaid, ...]:
    found = []
    # Without what earlier looks left: this is one look, laid out by itself.
    for result in rule_results(spec, reading, now, {}):
        if result.rule is None:
            continue
        value = reading.signals.get(result.rule.signal)
        found.append(
            RuleSaid(
                rule=say_rule(result.rule),
                value="" if value is None else say_value(value),
                verdict=result.verdict,
                reason=result.reason,
            )
        )
    return tuple(found)


def say_value(value: SignalValue) -> str:
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) and value < 1e6 else str(value)


def say_rule(rule: Rule) -> str:
    """`last_success: warn > 20m, fail > 30m`."""
    parts = (("warn", rule.warn), ("fail", rule.fail), ("clear", rule.clear))
    told = ", ".join(f"{name} {_say(limit, rule.signal)}" for name, limit in parts if limit)
    return f"{rule.signal}: {told}"


def _say(threshold: Threshold, signal: str) -> str:
    limit = threshold.value
    if signal in SWITCHES:
        return f"{threshold.op} {say_value(bool(limit))}"
    if isinstance(limit, timedelta):
        return f"{threshold.op} {write_duration(limit)}"
    return f"{threshold.op} {limit:g}" if isinstance(limit, float) else f"{threshold.op} {limit}"


def _next_steps(spec: CheckSpec) -> tuple[str, ...]:
    """What one look cannot tell."""
    of = f" of the last {spec.within}" if spec.within else " in a row"
    told = [
        f"The running bot believes a worse verdict after {spec.confirm} looks{of},"
        f" a better one after {spec.recover} in a row."
    ]
    if spec.volume:
        told.append(f"Its volume rule needs history: firstlane volume {spec.connection}.")
    if spec.runs:
        told.append("Its limits on runs need several looks.")
    return tuple(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Something a rule would have said at `at`; `known` is whether the hour was marked as bad."""

    at: datetime
    words: str
    known: bool


def replay(hours: Sequence[Hour], rule: VolumeRule, habit: Habit) -> tuple[Heard, ...]:
    """Oldest first; nothing for the first weeks, in which the profile is still being learnt."""
    return tuple(_replay(hours, rule, habit))


def _replay(hours: Sequence[Hour], rule: VolumeRule, habit: Habit) -> Iterator[Heard]:
    profile, quiet, loud = Profile(), Quiet(), False
    for place, hour in enumerate(hours):
        end = hour.start + HOUR
        day = habit.local(hour.start).date()
        if place == 0 or day > habit.local(hours[place - 1].start).date():
            before = [row for row in hours[:place] if row.start >= hour.start - LEARN_FROM]
            yield from _yesterday(before, profile, rule, habit, hour.start)
            profile = learn(before, habit, hour.start)
        quiet = listen(quiet, profile, habit, hit=hour.count > 0, since=hour.start, now=end)
        over = profile.weeks >= MIN_WEEKS and quiet.level >= limit(profile)
        if over and not loud:
            since = quiet.since or hour.start
            said = f"Nothing new since {when(since)}; about {quiet.missed:.0f} arrivals missed."
            yield Heard(at=end, words=said, known=hour.frozen)
        loud = over


def _yesterday(
    before: list[Hour], profile: Profile, rule: VolumeRule, habit: Habit, now: datetime
) -> Iterator[Heard]:
    day = habit.local(now).date() - timedelta(days=1)
    # 26: a day has 25 hours when the clocks go back, and one more for where it begins.
    rows = [row for row in before[-26:] if row.whole]
    total = whole_days(rows, habit).get(day)
    if total is None:
        return
    words = judge_day(day, total, profile, rule, habit).words
    if words:
        yield Heard(at=now, words=words, known=any(row.frozen for row in rows[-24:]))
