"""What earlier incidents and people's corrections say, on the card and in the audit."""

from collections.abc import Iterator, Sequence

from bot.core.triage.lane_rules import RuleVotes, words_of
from bot.flows.triage.past_incidents import PastIncidents, Similar
from bot.language.units import say_count
from bot.slack.kit import Block, lines
from bot.slack.text import Writer, cut, escape, time

SHOWN = 8  # rules listed in the audit


def earlier(found: PastIncidents, writer: Writer) -> Iterator[str]:
    """Lines about incidents like this one; none the first time."""
    if not found.seen:
        return
    yield f"*Seen before:* {escape(found.seen)}"
    yield from (f"• {_similar(one, writer)}" for one in found.similar)


def _similar(one: Similar, writer: Writer) -> str:
    past = one.incident
    where = f"<#{one.channel}>" if one.channel else past.key
    who = f" by {writer.name(past.resolved_by)}" if past.resolved_by else ""
    ended = f" {time(past.resolved_at)}" if past.resolved_at else ""
    how = f": {escape(cut(past.resolution, 160))}" if past.resolution else ""
    if past.helped:  # whoever wrote the review said so, and need not be who resolved it
        says = f", says {writer.name(past.reviewed_by)}" if past.reviewed_by else ""
        how = f"; what helped{says}: {escape(cut(past.helped, 160))}"
    return f"{where} ({escape(one.why)}), resolved{ended}{who}{how}"


def rules(tallies: Sequence[RuleVotes]) -> list[Block]:
    """How the lane rules fared; nothing before the first correction or confirmation."""
    if not tallies:
        return []
    rows = [
        f"{'🔴' if one.doubtful else '🟢' if not one.wrong else '🟡'}"
        f" {escape(words_of(one.rule))}: {one.words}"
        for one in tallies[:SHOWN]
    ]
    more = len(tallies) - SHOWN
    if more > 0:
        rows.append(f"and {say_count(more, 'more rule')}; `firstlane lanes` prints all of them")
    return [lines("*How often the lane rules were right*", *rows)]
