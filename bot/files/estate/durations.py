"""Spans that contradict one another: each may stand alone, and together one is never reached."""

from collections.abc import Iterator
from itertools import pairwise

from bot.core.estate.catalogue import Criticality
from bot.core.monitoring.heartbeat import PUSHED
from bot.files.estate.schema import EstateShape
from bot.files.estate.schema_connection import CheckDefaults, CheckShape, ConnectionShape
from bot.files.yaml_nodes import Node
from bot.language.mistakes import Doubt
from bot.language.units import write_duration as written


def contradictions(estate: EstateShape, root: Node) -> Iterator[Doubt]:
    """Every pair of spans of which one makes the other pointless. `root` is what was written."""
    usual = estate.defaults.check
    yield from _slower_than_its_turn(usual, usual, ("defaults", "check"))
    for key, connection in estate.connections.items():
        for place, check in enumerate(connection.checks):
            at = ("connections", key, "checks", place)
            yield from _slower_than_its_turn(check, usual, at)
            yield from _quiet_between_looks(check, usual, at)
        yield from _asked_too_early(key, connection, estate)
    yield from _graver_waits_longer(estate)
    yield from _reminded_out_of_turn(estate, root)


def _slower_than_its_turn(
    check: CheckShape | CheckDefaults, usual: CheckDefaults, at: tuple[str | int, ...]
) -> Iterator[Doubt]:
    if isinstance(check, CheckShape) and (
        # Where both are the defaults the doubt is told at the defaults, once.
        check.kind in PUSHED or (check.every is None and check.timeout is None)
    ):
        return
    every, timeout = check.every or usual.every, check.timeout or usual.timeout
    if timeout <= every:
        return
    own = check.timeout is not None
    from_defaults = "" if own else " that checks have by default"
    yield Doubt(
        at=(*at, "timeout" if own else "every"),
        message=f"a look may take {written(timeout)}{from_defaults}, longer than the"
        f" {written(every)} until the next one is due",
        hint=f"write a timeout of at most {written(every)}, or look less often",
    )


def _quiet_between_looks(
    check: CheckShape, usual: CheckDefaults, at: tuple[str | int, ...]
) -> Iterator[Doubt]:
    every, limit = check.every or usual.every, check.volume and check.volume.quiet_limit
    if limit and limit < every:
        yield Doubt(
            at=(*at, "volume", "quiet_limit"),
            message=f"between two looks {written(every)} pass, longer than the"
            f" {written(limit)} without a record that are allowed",
            hint="look more often, or allow more than that",
        )


def _asked_too_early(key: str, item: ConnectionShape, estate: EstateShape) -> Iterator[Doubt]:
    """Whoever holds an incident is asked half a lease before its end at the earliest."""
    for place, policy in enumerate(estate.policies):
        if policy.criticality and item.criticality not in policy.criticality:
            continue
        lease = item.lease or policy.lease or estate.defaults.lease
        if policy.ask_before and policy.ask_before > lease / 2:
            yield Doubt(
                at=("connections", key, "lease")
                if item.lease
                else ("policies", place, "ask_before"),
                message=f"whoever holds an incident would be asked {written(policy.ask_before)}"
                f" before the end of a lease of {written(lease)}, and half of it is the most",
                hint="write a longer lease, or a shorter ask_before",
            )


def _graver_waits_longer(estate: EstateShape) -> Iterator[Doubt]:
    for key, party in estate.parties.items():
        agreed = [one for one in Criticality if one in party.respond_within]
        for graver, other in pairwise(agreed):
            within, others = party.respond_within[graver], party.respond_within[other]
            if within > others:
                yield Doubt(
                    at=("parties", key, "respond", graver),
                    message=f"what is {graver} may wait {written(within)}, longer"
                    f" than what is {other} ({written(others)})",
                    hint="look whether the two are mixed up",
                )


def _reminded_out_of_turn(estate: EstateShape, root: Node) -> Iterator[Doubt]:
    reminders = estate.governance.release_reminders
    written_down = root.get("governance").get("release_reminders")
    for earlier, later in pairwise(("notes", "sandbox", "freeze")):
        first, second = getattr(reminders, earlier), getattr(reminders, later)
        if first < second:
            # At the one that was written: a default cannot be mended in the file.
            told = earlier if written_down.get(later).value is None else later
            yield Doubt(
                at=("governance", "release_reminders", told),
                message=f"'{later}' comes {written(second)} before a release, and '{earlier}' only"
                f" {written(first)} before it",
                hint=f"'{earlier}' comes first: give it the longer span",
            )
