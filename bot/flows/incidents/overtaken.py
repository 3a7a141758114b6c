"""What somebody else did while a form stood open: whoever sends it has not seen that."""

from collections.abc import Iterable
from datetime import datetime

from bot.flows.changes import change_requests
from bot.flows.work import Work
from bot.language.errors import Refused
from bot.language.marks import when

Deed = tuple[datetime, str | None, str]  # when, by whom, and in words


def refuse_incident(
    work: Work, number: int, kinds: frozenset[str], *, by: str, opened_at: datetime
) -> None:
    """Raises Refused when somebody else did something of these kinds of the timeline since."""
    _refuse(
        ((one.at, one.by, one.text) for one in work.tx.timeline(number) if one.kind in kinds),
        by,
        opened_at,
    )


def refuse_change(work: Work, number: int, *, by: str, opened_at: datetime) -> None:
    """Raises Refused when somebody else moved the change on since."""
    history = change_requests.load(work, number).history
    _refuse(((one.at, one.by, one.text) for one in history), by, opened_at)


def _refuse(deeds: Iterable[Deed], by: str, opened_at: datetime) -> None:
    others = [one for one in deeds if one[1] not in (None, by) and one[0] > opened_at]
    if others:
        at, _, said = others[-1]
        raise Refused(
            f"Since you opened this form: {said.rstrip('.')}, at {when(at)}. Nothing was changed;"
            " close it, and open it again if it is still needed."
        )
