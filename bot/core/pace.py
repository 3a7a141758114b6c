"""A faster clock for the demo: the same estate with every waiting time divided by a factor.

What the business can bear and what contracts say stays as it is.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.catalogue import (
    Catalogue,
    CheckSpec,
    Connection,
    LadderRung,
    Policy,
    Threshold,
)


def paced(catalogue: Catalogue, factor: float) -> Catalogue:
    """`catalogue` with its waiting times divided by `factor`. At another pace nobody has working
    hours: a night of ours would last for days of theirs."""
    pace = _Pace(factor=factor)
    rested = {key: replace(person, hours=None) for key, person in catalogue.people.items()}
    return replace(
        catalogue,
        people=catalogue.people if factor == 1 else rested,
        connections={key: pace.connection(item) for key, item in catalogue.connections.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pace:
    factor: float

    def shrink(self, span: timedelta) -> timedelta:
        return span / self.factor

    def connection(self, item: Connection) -> Connection:
        return replace(
            item,
            ladder=self.ladder(item.ladder),
            lease=self.shrink(item.lease),
            joint_call=self.shrink(item.joint_call),
            policies=tuple(self.policy(own) for own in item.policies),
            checks=tuple(self.check(spec) for spec in item.checks),
        )

    def ladder(self, rungs: tuple[LadderRung, ...]) -> tuple[LadderRung, ...]:
        return tuple(replace(rung, after=self.shrink(rung.after)) for rung in rungs)

    def policy(self, item: Policy) -> Policy:
        return replace(
            item,
            ladder=None if item.ladder is None else self.ladder(item.ladder),
            lease=None if item.lease is None else self.shrink(item.lease),
            ask_before=None if item.ask_before is None else self.shrink(item.ask_before),
            joint_call=None if item.joint_call is None else self.shrink(item.joint_call),
        )

    def check(self, spec: CheckSpec) -> CheckSpec:
        rules = tuple(
            # Expiry dates are calendar facts; only waiting is sped up.
            rule
            if rule.signal == "expires_at"
            else replace(rule, warn=self.threshold(rule.warn), fail=self.threshold(rule.fail))
            for rule in spec.rules
        )
        # Times in settings are waiting too: how often a heartbeat is due.
        settings = {
            key: self.shrink(value) if isinstance(value, timedelta) else value
            for key, value in spec.settings.items()
        }
        return replace(spec, every=self.shrink(spec.every), rules=rules, settings=settings)

    def threshold(self, value: Threshold | None) -> Threshold | None:
        if value is None or not isinstance(value.value, timedelta):
            return value
        return replace(value, value=self.shrink(value.value))
