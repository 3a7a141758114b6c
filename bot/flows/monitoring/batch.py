"""Finished looks on their way through the stages of `bot.flows.looks`, and what those found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from bot.core.estate.catalogue import Connection
from bot.core.estate.check_spec import CheckSpec
from bot.core.incidents.correlation import alike_words
from bot.core.monitoring.findings import LookFinding
from bot.core.monitoring.health import CheckHealth, Flip
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Observation, Signal
from bot.core.runbooks import evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedLook:
    """One finished check. `began` is when looks that could not be stored first saw the like;
    `findings` is what is wrong with the volume."""

    spec: CheckSpec
    connection: Connection
    observation: Observation
    began: datetime | None = None
    findings: tuple[LookFinding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """What is believed of a check since a look, and what was before."""

    look: FinishedLook
    before: CheckHealth
    after: CheckHealth

    @property
    def says_other_words(self) -> bool:
        """Whether what fails says something that it did not say at the look before."""
        fails = self.after.verdict is Verdict.FAILING
        return fails and bool(_words(self.after) - _words(self.before))

    @property
    def shows_otherwise(self) -> bool:
        return _shown(self.before) != _shown(self.after)

    @property
    def in_error(self) -> bool:
        """Whether it has records in error."""
        return bool(self.after.worst) and self.after.verdict not in (Verdict.OK, Verdict.UNKNOWN)


@dataclass(frozen=True, kw_only=True)  # without slots, for what is worked out once
class Batch:
    """`hosts_answer` is whether any address of `self_check` answered, None when none was asked.
    `flips` are the connections whose verdict changed, `failures` those without an incident yet."""

    looks: tuple[FinishedLook, ...]
    hosts_answer: bool | None = None
    believed: tuple[Believed, ...] = ()
    flips: Mapping[str, Connection] = field(default_factory=dict)
    failures: tuple[tuple[Connection, Flip], ...] = ()

    def with_looks(self, looks: Iterable[FinishedLook]) -> "Batch":
        return replace(self, looks=tuple(looks))

    @property
    def connections(self) -> Iterable[Connection]:
        return {one.connection.id: one.connection for one in self.looks}.values()

    @cached_property
    def news(self) -> Mapping[str, Connection]:
        """Those of which something that fails says other words than before."""
        return _by_id(one.look.connection for one in self.believed if one.says_other_words)

    @property
    def spoken(self) -> Iterable[Connection]:
        return {**self.flips, **self.news}.values()

    @property
    def figures(self) -> Iterable[Connection]:
        """Those of which cards, steps or letters may say something else than before."""
        return _by_id(one.look.connection for one in self.believed if one.shows_otherwise).values()

    @property
    def in_error(self) -> frozenset[str]:
        return frozenset(one.after.connection for one in self.believed if one.in_error)

    @property
    def turned_alone(self) -> tuple[Connection, ...]:
        """Those that flipped and were not gathered, which thinks of the neighbours itself."""
        gathered = {connection.id for connection, _ in self.failures}
        return tuple(one for name, one in self.flips.items() if name not in gathered)


def _by_id(connections: Iterable[Connection]) -> Mapping[str, Connection]:
    return {one.id: one for one in connections}


def _shown(check: CheckHealth) -> object:
    """What may be said of the check. How long an answer took is told only where it is slow, in
    seconds."""
    signals = {key: one for key, one in check.signals.items() if key is not Signal.LATENCY}
    slow = evidence.slow(check.signals.get(Signal.LATENCY))
    return check.verdict, check.error, check.cause, check.failed, check.worst, signals, slow


def _words(check: CheckHealth) -> frozenset[str]:
    texts = (check.error, *(group.text for group in check.failed))
    return frozenset(alike_words(text) for text in texts if text)
