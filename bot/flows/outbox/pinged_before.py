"""Who of an incident's people was pinged for it already."""

from collections.abc import Collection

from bot.flows.views import IncidentView


def was_pinged(view: IncidentView, *people: str) -> bool:
    """Whether each of them was, as far as is known: a ping that failed reached nobody."""
    reached = {one.person for one in view.receipts if one.state != "failed"}
    return bool(people) and reached.issuperset(people)


def pinged_then(view: IncidentView, people: Collection[str]) -> str:
    """How a sentence goes on that names who comes next: for whom it is not the first time, it says
    so."""
    return "pinged again" if was_pinged(view, *people) else "pinged"
