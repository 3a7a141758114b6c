"""The stable JSON of `firstlane inventory`; docs/inventory.md describes it."""

from typing import Any

from bot.inventory.cli.report import Result
from bot.inventory.core.draft import Difference, DraftConnection, Drafted
from bot.inventory.core.lists import RowDoubt


def as_data(result: Result) -> dict[str, Any]:
    """Everything that came of the lists."""
    drafted = result.draft
    return {
        "connections": [_connection(one) for one in drafted.connections],
        "systems": [
            {"id": one.id, "name": one.name, "aliases": list(one.aliases), **_origin(one)}
            for one in drafted.systems
        ],
        "people": [
            {"id": one.id, "name": one.name, "email": one.email or None, **_origin(one)}
            for one in drafted.people
        ],
        "merged": [
            {"id": one.id, "rows": list(one.places), "why": list(one.why)}
            for one in drafted.connections
            if len(one.places) > 1
        ],
        "doubtful": [_doubtful(one) for one in result.doubts],
        "differences": [_difference(one) for one in drafted.differences],
        "skipped": [{"row": one.place, "why": one.why, "text": one.text} for one in result.skipped],
        "notes": list(result.notes),
        "problems": list(result.problems),
    }


def _origin(one: Drafted) -> dict[str, Any]:
    return {"known": one.known, "rows": list(one.places)}


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "id": one.id,
        "field": one.field,
        "taken": one.taken or None,
        "says": [{"row": said.place, "value": said.value} for said in one.says],
    }


def _doubtful(one: RowDoubt) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "one": {"key": one.one, "says": one.one_says},
        "other": {"key": one.other, "says": one.other_says},
        "why": list(one.why),
    }


def _connection(one: DraftConnection) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "aliases": list(one.aliases),
        "from": one.source,
        "to": one.target,
        "both_ways": one.both_ways,
        "entities": list(one.entities),
        "criticality": one.criticality,
        "domain": one.domain or None,
        "flow": one.flow or None,
        "pattern": one.pattern or None,
        "build": one.build,
        "maintained_by": one.maintained_by or None,
        "stage": one.stage,
        "owners": {str(layer): person for layer, person in one.owners.items()},
        "first_responder": one.first_responder or None,
        "remarks": list(one.remarks),
        "known": one.known,
        "rows": list(one.places),
    }
