"""Probe kind `reconcile`: two looks of any other kind, and whether they agree.

Each side yields the same signals, such as `processed` (how many) and `amount` (how much); the
check says by how much they differ. A side that we cannot see makes the comparison blind.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from bot.checks import PROBES
from bot.checks.probe import ProbeSettings, Tools
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Blind, Cause, Observation, Reading, Signal, SignalValue
from bot.language.marks import outside

_USUAL = (Signal.PROCESSED, Signal.AMOUNT)
_NOT_COMPARED = frozenset({Signal.REACHABLE, Signal.LATENCY})


class Side(BaseModel):
    """One side: a kind of check and its settings."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    kind: str = Field(description="Kind of check; the other keys are its settings.")
    _settings: ProbeSettings = PrivateAttr(default_factory=ProbeSettings)

    @property
    def settings(self) -> ProbeSettings:
        return self._settings


class ReconcileSettings(ProbeSettings):
    # Without a docstring, which the published schema would show.
    model_config = ConfigDict(title="CheckedSettings")

    source: Side = Field(description="Where the records come from: {kind, …}.")
    target: Side = Field(description="Where they go to: {kind, …}.")
    compare: tuple[Signal, ...] = Field(
        _USUAL, min_length=1, description="Signals that both sides give and that must agree."
    )
    tolerance: float = Field(
        0.0, ge=0, description="By how much the sides may differ and still count as equal."
    )

    @field_validator("compare")
    @classmethod
    def _numbers(cls, compare: tuple[Signal, ...]) -> tuple[Signal, ...]:
        wrong = _NOT_COMPARED & set(compare)
        if wrong:
            raise ValueError(f"{min(wrong)} is not compared between sides")
        return compare

    @field_validator("source", "target")
    @classmethod
    def _of_a_kind(cls, side: Side) -> Side:
        kind = PROBES.get(side.kind)
        # Not within itself: sides within sides could go on without an end.
        if kind is None or side.kind == "reconcile":
            others = sorted(set(PROBES) - {"reconcile"})
            raise ValueError(f"unknown kind of check; write one of {', '.join(others)}")
        side._settings = kind.settings.model_validate(side.model_extra)
        return side

    @model_validator(mode="after")
    def _of_both_sides(self) -> Self:
        sides = (self.source, self.target)
        _comparable(self.compare, [side.settings.gives() for side in sides])
        return self

    def secrets(self) -> frozenset[str]:
        sides = (self.source, self.target)
        return super().secrets().union(*(side.settings.secrets() for side in sides))

    def gives(self) -> frozenset[str]:
        return frozenset({Signal.REACHABLE, Signal.RECONCILED, Signal.DIFFERENCE})


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """A Reading of how far the sides agree; what one of them fails by, where it fails."""
    settings = ReconcileSettings.of(spec)
    looks = (
        PROBES[side.kind].probe(replace(spec, kind=side.kind, settings=side.settings), tools, now)
        for side in (settings.source, settings.target)
    )
    source, target = await asyncio.gather(*looks)
    return compared(source, target, settings, now)


def _comparable(compare: tuple[Signal, ...], sides: list[frozenset[str] | None]) -> None:
    """Raises ValueError where a side cannot give what is compared."""
    known = [signals for signals in sides if signals is not None]
    for name in compare:
        has = [name in signals for signals in known]
        if not all(has) and (any(has) or compare != _USUAL):
            raise ValueError(f"{name} is compared, and one side does not give it")
    if compare == _USUAL and any(not one & {*_USUAL} for one in known):
        raise ValueError("a side gives neither processed nor amount, which are compared")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    name: Signal
    source: float
    target: float

    def agreement(self, tolerance: float) -> float:
        """The share 0..1 that agrees; 1 for a difference within the tolerance."""
        apart = abs(self.source - self.target)
        whole = max(abs(self.source), abs(self.target))
        return 1.0 if apart <= tolerance or not whole else max(0.0, 1 - apart / whole)


def compared(
    source: Observation, target: Observation, settings: ReconcileSettings, now: datetime
) -> Observation:
    """`reconciled` is the worst agreement of all that is compared, `difference` belongs to it."""
    for name, side in (("source", source), ("target", target)):
        # Before anything is compared: of a side that is down or not seen no number means anything.
        if isinstance(side, Blind):
            reason = f"the {name} cannot be seen: {side.reason}"
            return Blind(at=now, reason=reason, cause=side.cause)
        if side.signals.get(Signal.REACHABLE) is False:
            error = outside(f"the {name}: {side.error}")
            gone: dict[str, SignalValue] = {Signal.REACHABLE: False}
            return Reading(at=now, signals=gone, error=error, cause=side.cause)
    if isinstance(source, Blind) or isinstance(target, Blind):
        raise AssertionError("blind sides were answered above")
    pairs, missing = _pairs(source, target, settings.compare)
    signals: dict[str, SignalValue] = {Signal.REACHABLE: True}
    words = [f"{name} is not there on both sides" for name in missing]
    if pairs and not missing:
        worst = min(pairs, key=lambda pair: pair.agreement(settings.tolerance))
        signals[Signal.RECONCILED] = worst.agreement(settings.tolerance)
        signals[Signal.DIFFERENCE] = worst.source - worst.target
        if signals[Signal.RECONCILED] != 1.0:
            words.append(f"{worst.name}: source {worst.source:g}, target {worst.target:g}")
    failed = (*source.failed, *target.failed)
    cause = Cause.LACKING if missing else None
    return Reading(
        at=now, signals=signals, failed=failed, error=outside("; ".join(words)), cause=cause
    )


def _pairs(
    source: Reading, target: Reading, compare: tuple[Signal, ...]
) -> tuple[list[_Pair], list[str]]:
    """(what both sides say, what is lacking). By default, what neither side gives is left out."""
    pairs, missing = [], []
    for name in compare:
        ours, theirs = source.signals.get(name), target.signals.get(name)
        if isinstance(ours, float | int) and isinstance(theirs, float | int):
            pairs.append(_Pair(name=name, source=float(ours), target=float(theirs)))
        elif compare != _USUAL or ours is not None or theirs is not None:
            missing.append(str(name))
    if not pairs and not missing:
        missing = [str(name) for name in compare]
    return pairs, missing
