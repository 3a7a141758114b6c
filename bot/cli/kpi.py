"""The figures of a period in the terminal, from the bot's database."""

import argparse
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.app.loading import from_work, knowledge_of
from bot.core.estate.catalogue import Catalogue
from bot.core.governance.kpi import Kpis, Measure
from bot.flows.governance import kpi
from bot.language.errors import Invalid
from bot.terminal.printing import print_json


def run_kpi(arguments: argparse.Namespace) -> int:
    """Always 0: figures are not findings."""
    span = timedelta(days=min(max(arguments.days, 0), kpi.LONGEST.days + 1))
    kpi.check_span(span)
    knowledge = knowledge_of(arguments)
    found = from_work(knowledge, lambda work: kpi.view(work, span))
    if found is None:
        raise Invalid(
            "There is no database of a bot here, so nothing was counted. Run this on the machine"
            " where firstlane run works, or set FIRSTLANE_STATE."
        )
    if arguments.json:
        print_json(as_data(found))
    else:
        _print(found, knowledge.catalogue)
    return 0


def as_data(found: Kpis) -> dict[str, Any]:
    """The stable JSON: shares from 0 to 1, times in seconds."""
    return {
        "since": found.period.since.isoformat(),
        "until": found.period.until.isoformat(),
        "measures": [asdict(one) for one in found.measures],
        "causes": dict(found.causes),
        "lanes": dict(found.lanes),
        "lane_times": {
            lane: {"seconds": value.number, "cases": value.cases}
            for lane, value in found.lane_times
        },
        "connections": dict(found.connections),
    }


def _print(found: Kpis, catalogue: Catalogue) -> None:
    console = Console()
    days = (found.period.until - found.period.since).days
    table = Table(title=f"The last {days} days", title_justify="left", box=None, pad_edge=False)
    for head in ("", "now", "cases", "before", "who looks at it"):
        table.add_column(head, justify="right" if head == "cases" else "left")
    for one in found.measures:
        table.add_row(*_row(one))
    console.print(table)
    named = [
        (catalogue.connections[key].name if key in catalogue.connections else key, count)
        for key, count in found.connections
    ]
    for head, rows in (
        ("Incidents by connection", named),
        ("By agreed lane", found.lanes),
        ("By cause, as reviewed", found.causes),
    ):
        said = ", ".join(f"{name} {count}" for name, count in rows)
        console.print(f"{head}: {said or 'none'}", markup=False, highlight=False)
    times = ", ".join(f"{lane} {one.text} ({one.cases})" for lane, one in found.lane_times)
    console.print(f"Time to resolve by lane: {times or 'none'}", markup=False, highlight=False)


def _row(one: Measure) -> tuple[str, ...]:
    value = one.value.text if one.value else "–"
    said = f"{value}; {one.note}" if one.value and one.note else one.note or value
    return (
        one.name,
        said,
        str(one.value.cases) if one.value else "",
        one.before.text if one.before else "",
        f"{one.reviewer}, {one.cadence}",
    )
