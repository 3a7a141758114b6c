"""What somebody else did while a form stood open: whoever sends it has not seen that."""

from collections.abc import Iterable
from datetime import datetime

from bot.flows.changes import change_requests
from bot.language.errors import Refused
from bot.language.marks import when
from bot.ports import Tx

Deed = tuple[datetime, str | None, str]  # when, by whom, and in words


def refuse_incident(
    tx: Tx, number: int, kinds: frozenset[str], *, by: str, opened_at: datetime
) -> None:
    """Raises Refused when somebody else did something of these kinds of the timeline since."""
    _refuse(
        ((one.at, one.by, one.text) for one in tx.timeline(number) if one.kind in kinds),
        by,
        opened_at,
    )


def refuse_change(tx: Tx, number: int, *, by: str, opened_at: datetime) -> None:
    """Raises Refused when somebody else moved the change on since."""
    history = change_requests.load(tx, number).history
    _refuse(((one.at, one.by, one.text) for one in history), by, opened_at)


def _refuse(deeds: Iterable[Deed], by: str, opened_at: datetime) -> None:
    others = [one for one in deeds if one[1] not in (None, by) and one[0] > opened_at]
    if others:
        at, _, said = others[-1]
        raise Refused(
            f"Since you opened this form: {said.rstrip('.')}, at {when(at)}. Nothing was changed;"
            " close it, and open it again if it is still needed."
        )
