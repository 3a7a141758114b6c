"""The stable JSON of `firstlane inventory`; docs/inventory.md describes it."""

from typing import Any

from bot.inventory.cli.report import Result
from bot.inventory.core.draft import Difference
from bot.inventory.core.lists import RowDoubt

_CALLED = {"source": "from", "target": "to", "places": "rows"}
_CONNECTION = (
    "id name aliases source target both_ways entities criticality domain flow pattern build"
    " maintained_by stage owners first_responder remarks known places"
)


def as_data(result: Result) -> dict[str, Any]:
    """Everything that came of the lists."""
    drafted = result.draft
    connections = drafted.connections
    return {
        "connections": [_fields(one, _CONNECTION) for one in connections],
        "systems": [_fields(one, "id name aliases known places") for one in drafted.systems],
        "people": [_fields(one, "id name email known places") for one in drafted.people],
        "merged": [_fields(one, "id places why") for one in connections if len(one.places) > 1],
        "doubtful": [_doubtful(one) for one in result.doubts],
        "differences": [_difference(one) for one in drafted.differences],
        "skipped": [{"row": one.place, "why": one.why, "text": one.text} for one in result.skipped],
        "notes": list(result.notes),
        "problems": list(result.problems),
    }


def _fields(one: object, names: str) -> dict[str, Any]:
    """These fields, where a text that nothing says is null."""
    values = {name: getattr(one, name) for name in names.split()}
    return {_CALLED.get(name, name): None if it == "" else it for name, it in values.items()}


def _difference(one: Difference) -> dict[str, Any]:
    says = [{"row": said.place, "value": said.value} for said in one.says]
    return {**_fields(one, "id field taken"), "says": says}


def _doubtful(one: RowDoubt) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "one": {"key": one.one, "says": one.one_says},
        "other": {"key": one.other, "says": one.other_says},
        "why": list(one.why),
    }
