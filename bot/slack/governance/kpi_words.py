"""The figures of a period as people read them in Slack."""

from collections.abc import Iterable

from bot.core.governance.kpi import Kpis, Measure
from bot.language.units import say_count
from bot.slack.kit import SlackMessage, context, header, lines, message
from bot.slack.text import Writer, escape

_SHOWN = 8  # connections named


def figures(found: Kpis, writer: Writer) -> SlackMessage:
    """Every measure with its number of cases, and what the incidents were about."""
    days = (found.period.until - found.period.since).days
    head = f"Figures of the last {say_count(days, 'day')}"
    past = [one for one in found.measures if one.compared]
    now = [one for one in found.measures if not one.compared]
    return message(
        head,
        [
            header(head),
            lines("*Incidents, with the same time before*", *map(_line, past)),
            lines("*Now*", *map(_line, now)),
            lines("*What broke*", *_counts(found, writer)),
            context(
                "Times are medians; in brackets is the number of cases. Every figure with who"
                " looks at it, as a table or JSON: `firstlane kpi`"
            ),
        ],
    )


def _line(one: Measure) -> str:
    name = escape(one.name)
    if one.value is None:
        return f"⚪ {name}: {escape(one.note)}"
    cases = f" ({one.value.cases})" if one.unit == "seconds" else ""
    before = f", before {escape(one.before.text)}" if one.before else ""
    note = f"; {escape(one.note)}" if one.note else ""
    return f"• {name}: *{escape(one.value.text)}*{cases}{before}{note}"


def _counts(found: Kpis, writer: Writer) -> Iterable[str]:
    known = writer.catalogue.connections
    named = [(known[key].name if key in known else key, n) for key, n in found.connections]
    yield _counted("Connections", named[:_SHOWN])
    yield _counted("Agreed lanes", found.lanes)
    times = ", ".join(f"{lane} {one.text} ({one.cases})" for lane, one in found.lane_times)
    yield f"• Time to resolve by lane: {escape(times) or 'none'}"
    yield _counted("Causes, as reviewed", found.causes)


def _counted(head: str, rows: Iterable[tuple[str, int]]) -> str:
    said = ", ".join(f"{escape(name)} {count}" for name, count in rows)
    return f"• {head}: {said or 'none'}"
