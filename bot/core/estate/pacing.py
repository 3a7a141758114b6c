"""The same estate on a faster clock: the demo's, where nobody waits an hour to see something.

What the business can bear, what contracts say and when things expire stay as they are.
"""

from dataclasses import replace
from datetime import timedelta

from bot.core.estate.catalogue import Catalogue, Connection, LadderRung, Policy
from bot.core.estate.check_spec import CheckSpec, Rule, RunLimits, Threshold, VolumeRule


def paced(catalogue: Catalogue, factor: float) -> Catalogue:
    """The estate with every waiting time divided by `factor`. At another pace nobody has working
    hours: a night of ours would last for days of theirs."""
    connections = {key: _connection(item, factor) for key, item in catalogue.connections.items()}
    people = {key: replace(person, hours=None) for key, person in catalogue.people.items()}
    return replace(
        catalogue, connections=connections, people=catalogue.people if factor == 1 else people
    )


def _connection(item: Connection, factor: float) -> Connection:
    return replace(
        item,
        ladder=_ladder(item.ladder, factor),
        lease=item.lease / factor,
        joint_call=item.joint_call / factor,
        policies=tuple(_policy(policy, factor) for policy in item.policies),
        checks=tuple(_check(spec, factor) for spec in item.checks),
    )


def _ladder(rungs: tuple[LadderRung, ...], factor: float) -> tuple[LadderRung, ...]:
    return tuple(replace(rung, after=rung.after / factor) for rung in rungs)


def _policy(policy: Policy, factor: float) -> Policy:
    def shrunk(span: timedelta | None) -> timedelta | None:
        return None if span is None else span / factor

    return replace(
        policy,
        # None stays none: it means “as the connection says”, which is paced there.
        ladder=None if policy.ladder is None else _ladder(policy.ladder, factor),
        lease=shrunk(policy.lease),
        ask_before=shrunk(policy.ask_before),
        joint_call=shrunk(policy.joint_call),
    )


def _check(spec: CheckSpec, factor: float) -> CheckSpec:
    return replace(
        spec,
        every=spec.every / factor,
        rules=tuple(_rule(rule, factor) for rule in spec.rules),
        settings=spec.settings.paced(factor),
        volume=_volume(spec.volume, factor),
        runs=_runs(spec.runs, factor),
    )


def _rule(rule: Rule, factor: float) -> Rule:
    # Expiry dates are calendar facts; only waiting is sped up.
    if rule.signal == "expires_at":
        return rule
    return replace(
        rule,
        warn=_threshold(rule.warn, factor),
        fail=_threshold(rule.fail, factor),
        clear=_threshold(rule.clear, factor),
    )


def _threshold(value: Threshold | None, factor: float) -> Threshold | None:
    if value is None or not isinstance(value.value, timedelta):
        return value
    return replace(value, value=value.value / factor)


def _volume(rule: VolumeRule | None, factor: float) -> VolumeRule | None:
    if rule is None or rule.quiet_limit is None:
        return rule
    return replace(rule, quiet_limit=rule.quiet_limit / factor)


def _runs(limits: RunLimits | None, factor: float) -> RunLimits | None:
    if limits is None:
        return None
    return replace(
        limits,
        longest=limits.longest / factor if limits.longest else None,
        shortest=limits.shortest / factor if limits.shortest else None,
        late=limits.late / factor,
    )
