"""What happened to an incident, oldest first, as it is shown in its channel and in a modal."""

from collections.abc import Sequence

from bot.core.incidents.timeline import TimelineEntry
from bot.slack.kit import Block, context, lines
from bot.slack.text import Writer, cut, escape, time

LONGEST = 60  # entries shown; of a longer story the beginning and the end
_BEGINNING = 10
_PER_BLOCK = 10  # entries in one section, so that it stays below Slack's limit
_LINE = 240
_QUOTED = frozenset({"note", "message"})  # somebody's own words, so that the author is named


def timeline_blocks(entries: Sequence[TimelineEntry], writer: Writer) -> list[Block]:
    shown = list(entries)
    left_out = max(0, len(shown) - LONGEST)
    if left_out:
        shown = [*shown[:_BEGINNING], *shown[_BEGINNING + left_out :]]
    rows = [entry_line(entry, writer) for entry in shown]
    blocks = [lines(*rows[start : start + _PER_BLOCK]) for start in range(0, len(rows), _PER_BLOCK)]
    if left_out:
        blocks.append(context(f"_{left_out} entries in the middle are left out._"))
    return blocks


def entry_line(entry: TimelineEntry, writer: Writer) -> str:
    """When, who, what, and the way to the message it was taken from."""
    link = f" <{escape(entry.permalink)}|↗>" if entry.permalink else ""
    author = f"{writer.person(entry.by)}: " if entry.by and entry.kind in _QUOTED else ""
    text = cut(f"{author}{writer.say(entry.text)}", _LINE)
    return f"{time(entry.at)}  {f'~{text}~ (struck)' if entry.struck else text}{link}"
