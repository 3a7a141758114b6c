"""Which errors somebody reads of an incident, and in which order: what they are asked to do stands
beside the error that it is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.flows.incidents import data_faults, symptoms
from bot.flows.views import IncidentView


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidErrors:
    """`shared` stands for all of several connections where theirs say otherwise, and `beside` tells
    what it is."""

    first: tuple[str, ...]
    also: tuple[str, ...] = ()
    shared: str = ""
    beside: str = ""


def told_to(view: IncidentView, ids: Sequence[str] = (), reader: str | None = None) -> SaidErrors:
    """To the reader of a letter about the connections `ids`: first what only they can mend, then
    what those connections say, then what only the owners of other data can."""
    own, several = _own(view, ids), bool(view.children)
    main = own.own if own else (view.error,) if view.error else ()
    mine = data_faults.of_reader(view.data_faults, reader)
    first = data_faults.errors_of(mine, several=several) or main
    shared = own.shared if own else ""
    also = [one for one in main if one not in first]
    for fault in view.data_faults if main else ():
        said = (*first, *also, shared)
        # Of several connections a text stands behind a name, so only its end is the same.
        unsaid = [one for one in fault.errors if not any(each.endswith(one) for each in said)]
        also += data_faults.errors_of([replace(fault, errors=tuple(unsaid))], several=several)
    if main and not own:
        others = symptoms.beside(view.incident, view.connections)
        also += [one for one in others if one not in (*first, *also)]
    if not shared:
        return SaidErrors(first=first, also=tuple(also))
    cause = own.cause if own else ""
    beside = f"Shared cause, {cause}" if cause else f"Also in {view.incident.key}"
    return SaidErrors(first=first, also=tuple(also), shared=shared, beside=beside)


def first_check(view: IncidentView, ids: Sequence[str] = (), reader: str | None = None) -> str:
    """What to look at first, for the error that the reader sees first; empty where nobody knows."""
    mine = data_faults.of_reader(view.data_faults, reader)
    theirs = next((one.first_check for one in mine if one.first_check), "")
    own = _own(view, ids)
    return theirs or (own.first_check if own else view.first_check)


def _own(view: IncidentView, ids: Sequence[str]) -> symptoms.OwnAndShared | None:
    return symptoms.told(view.incident, view.connections, ids)
