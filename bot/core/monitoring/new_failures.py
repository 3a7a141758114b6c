"""Failed records that are new, told apart from those that have stood there since before.

An open total says how much work waits; what came since the last run says whether it still breaks.
A run is known by the time of its newest attempt or success; without either, each look is a run.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.core.monitoring.signals import Reading, Signal

_MARKS = (Signal.LAST_ATTEMPT, Signal.LAST_SUCCESS, Signal.HEARTBEAT)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFailures:
    """Records in error by text: as they stood before the newest run (`base`), and at the last
    look (`last`). `mark` names that run; empty when runs cannot be told apart."""

    mark: str = ""
    base: Mapping[str, float] = field(default_factory=dict)
    last: Mapping[str, float] = field(default_factory=dict)


def tell_apart(
    known: KnownFailures | None, reading: Reading
) -> tuple[KnownFailures | None, Reading]:
    """The memory after a look, and the reading with `failed_new` in it. A probe that counts new
    failures itself is believed; a reading that counts none at all is left as it is."""
    counts = _counts(reading)
    if counts is None or Signal.FAILED_NEW in reading.signals:
        return known, reading
    mark = next((str(reading.signals[name]) for name in _MARKS if name in reading.signals), "")
    # What stood there when we first looked is no news of ours.
    if known is None:
        after = KnownFailures(mark=mark, base=counts, last=counts)
    elif not mark or mark != known.mark:
        after = KnownFailures(mark=mark, base=known.last, last=counts)
    else:
        after = replace(known, last=counts)
    new = float(sum(max(0, count - after.base.get(text, 0)) for text, count in counts.items()))
    return after, replace(reading, signals={**reading.signals, Signal.FAILED_NEW: new})


def _counts(reading: Reading) -> Mapping[str, float] | None:
    if reading.failed:
        counts: dict[str, float] = {}
        for group in reading.failed:
            counts[group.text] = counts.get(group.text, 0) + float(group.count)
        return counts
    total = reading.signals.get(Signal.FAILED)
    if isinstance(total, bool) or not isinstance(total, int | float):
        return None
    return {"": float(total)} if total else {}
