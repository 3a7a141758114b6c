"""The same estate on a faster clock: the demo's, where nobody waits an hour to see something.

What the business can bear, what contracts say and when things expire stay as they are.
"""

from dataclasses import replace
from datetime import timedelta

from bot.core.catalogue import Catalogue, CheckSpec, Connection, Rule, Threshold
from bot.core.runs import RunLimits
from bot.core.volume import VolumeRule


def paced(catalogue: Catalogue, factor: float) -> Catalogue:
    """The estate with every waiting time divided by `factor`."""
    connections = {key: _connection(item, factor) for key, item in catalogue.connections.items()}
    return replace(catalogue, connections=connections)


def _connection(item: Connection, factor: float) -> Connection:
    return replace(
        item,
        ladder=tuple(replace(rung, after=rung.after / factor) for rung in item.ladder),
        lease=item.lease / factor,
        checks=tuple(_check(spec, factor) for spec in item.checks),
    )


def _check(spec: CheckSpec, factor: float) -> CheckSpec:
    # Times in settings are waiting too: how often a heartbeat is due.
    settings = {
        key: value / factor if isinstance(value, timedelta) else value
        for key, value in spec.settings.items()
    }
    return replace(
        spec,
        every=spec.every / factor,
        rules=tuple(_rule(rule, factor) for rule in spec.rules),
        settings=settings,
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
