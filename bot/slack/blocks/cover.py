"""Covers and absences as people read them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.cover import Cover
from bot.core.effects import What
from bot.flows.covers import CoverView
from bot.slack.blocks.parts import Message, context, lines, message, section
from bot.slack.text import Face, escape, time

Facts = Mapping[str, Any]


def _begins(facts: Facts, face: Face) -> Message:
    ends = f"until {_at(facts['until'])}" if facts.get("until") else "until somebody ends it"
    entered = f" {face.person(facts['entered_by'])} entered it." if facts.get("entered_by") else ""
    if facts["reader"] == facts["by"]:
        said = f"You cover for {face.person(facts['person'])} {ends}"
        then = "You get their pings and questions, and each says for whom."
    else:
        said = f"{face.person(facts['by'])} covers for you {ends}"
        then = "Your pings go there. Back earlier? `/conn cover cancel me`"
    return message("Cover begins", [section(f"🤝 *{said}.*{entered} {then}")])


def _ends(facts: Facts, face: Face) -> Message:
    by = f" ({face.person(facts['entered_by'])} ended it)" if facts.get("entered_by") else ""
    if facts["reader"] == facts["by"]:
        said = f"You no longer cover for {face.person(facts['person'])}"
    else:
        said = f"{face.person(facts['by'])} no longer covers for you: pings reach you again"
    return message("Cover ends", [section(f"🤝 *{said}*{by}.")])


def _at(moment: str | None) -> str:
    return time(datetime.fromisoformat(moment)) if moment else ""


LETTERS: Mapping[What, Callable[[Facts, Face], Message]] = {
    What.COVER_BEGINS: _begins,
    What.COVER_ENDS: _ends,
}


def listing(view: CoverView, face: Face) -> Message:
    """Who covers for whom, and who is away by what Slack shows."""
    covered = {cover.person for cover in view.covers}
    rows = [
        f"• {face.name(cover.by)} covers for *{face.name(cover.person)}* "
        + (f"until {time(cover.until)}" if cover.until else "until somebody ends it")
        for cover in view.covers
    ]
    away = [
        f"• *{face.name(one.person)}*: {escape(one.why)}"
        + (f", until {time(one.until)}" if one.until else "")
        + ("" if one.person in covered else ". *Nobody covers.*")
        for one in view.absences
    ]
    return message(
        "Who covers for whom",
        [
            lines("*Covers*", *(rows or ["Nobody covers for anybody."])),
            *([lines("*Away, by what Slack shows*", *away)] if away else []),
            context("`/conn cover @away by @stand-in until Friday` · `/conn cover cancel @away`"),
        ],
    )


def entered(cover: Cover, face: Face) -> str:
    ends = f"until {time(cover.until)}" if cover.until else "until somebody ends it"
    return f"🤝 {face.person(cover.by)} covers for {face.person(cover.person)} {ends}."


def ended(cover: Cover, face: Face) -> str:
    return f"🤝 {face.person(cover.person)} is back; {face.person(cover.by)} no longer covers."
