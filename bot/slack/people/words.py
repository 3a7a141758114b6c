"""Covers and absences as people read them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.outbox.notice import What
from bot.core.people.presence import Cover
from bot.flows.handle_absence import CoverView
from bot.slack.ids import Action, value
from bot.slack.kit import SlackMessage, actions, button, context, lines, message, section
from bot.slack.text import Face, escape, time

Facts = Mapping[str, Any]


def _begins(facts: Facts, face: Face) -> SlackMessage:
    ends = f"until {_at(facts['until'])}" if facts.get("until") else "until somebody ends it"
    entered = f" {face.person(facts['entered_by'])} entered it." if facts.get("entered_by") else ""
    if facts["reader"] == facts["by"]:
        said = f"You cover for {face.person(facts['person'])} {ends}"
        then = "You get their pings and questions, and each says for whom."
    else:
        said = f"{face.person(facts['by'])} covers for you {ends}"
        then = "Your pings go there. Back earlier? `/conn cover cancel me`"
    return message("Cover begins", [section(f"🤝 *{said}.*{entered} {then}")])


def _ends(facts: Facts, face: Face) -> SlackMessage:
    by = f" ({face.person(facts['entered_by'])} ended it)" if facts.get("entered_by") else ""
    if facts["reader"] == facts["by"]:
        said = f"You no longer cover for {face.person(facts['person'])}"
    else:
        said = f"{face.person(facts['by'])} no longer covers for you: pings reach you again"
    return message("Cover ends", [section(f"🤝 *{said}*{by}.")])


def _at(moment: str | None) -> str:
    return time(datetime.fromisoformat(moment)) if moment else ""


def _declined(facts: Facts, face: Face) -> SlackMessage:
    by, person = face.person(facts["entered_by"]), face.person(facts["person"])
    text = f"🤝 *{by} said no:* you do not cover for {person}."
    return message("Cover not agreed", [section(text)])


def _asked(facts: Facts, cover: Cover, face: Face) -> SlackMessage:
    """To whoever may speak for the person; the buttons go once it is decided."""
    by, person = face.person(cover.by), face.person(cover.person)
    text = (
        f"🤝 *{face.person(cover.entered_by)} says that {by} covers for {person}"
        f" {_ends_at(cover)}.*"
        " Is that so? They would get the pings, and could do what the one who is away could."
    )
    blocks = [section(text)]
    if not cover.agreed and cover.ended_at is None:
        number = value(cover.id)
        row = [
            button("Yes, so it is", Action.COVER_AGREE, number, style="primary"),
            button("No", Action.COVER_DECLINE, number),
        ]
        blocks += [actions(row, "cover"), context("_Nothing changes until somebody says yes._")]
    else:
        said = "agreed" if cover.agreed else "ended it" if cover.decided_by else "Its time is over"
        whose = f"{face.person(cover.decided_by)} " if cover.decided_by else ""
        blocks.append(context(f"{whose}{said}."))
    return message("May they cover?", blocks)


REQUEST_LETTERS: Mapping[What, Callable[[Facts, Cover, Face], SlackMessage]] = {
    What.COVER_ASKED: _asked,
}
LETTERS: Mapping[What, Callable[[Facts, Face], SlackMessage]] = {
    What.COVER_DECLINED: _declined,
    What.COVER_BEGINS: _begins,
    What.COVER_ENDS: _ends,
}


def listing(view: CoverView, face: Face) -> SlackMessage:
    """Who covers for whom, and who is away by what Slack shows."""
    covered = {cover.person for cover in view.covers}
    rows = [
        f"• {face.name(cover.by)} covers for *{face.name(cover.person)}* " + _ends_at(cover)
        for cover in view.covers
    ]
    away = [
        f"• *{face.name(one.person)}*: {escape(one.why)}"
        + (f", until {time(one.until)}" if one.until else "")
        + ("" if one.person in covered else ". *Nobody covers.*")
        for one in view.absences
    ]
    rows += [
        f"• {face.name(cover.by)} would cover for *{face.name(cover.person)}* {_ends_at(cover)};"
        " nobody has agreed yet"
        for cover in view.asked
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
    if not cover.agreed:
        known = face.catalogue.people
        away = known.get(cover.person)
        above = "their manager" if away and away.manager in known else "the architecture owners"
        return (
            f"🤝 {face.person(cover.person)} and {above} are asked whether"
            f" {face.person(cover.by)} covers {_ends_at(cover)}. Nothing changes until somebody"
            " says yes."
        )
    return f"🤝 {face.person(cover.by)} covers for {face.person(cover.person)} {_ends_at(cover)}."


def ended(cover: Cover, face: Face) -> str:
    if not cover.agreed:
        return f"🤝 {face.person(cover.by)} does not cover for {face.person(cover.person)}."
    return f"🤝 {face.person(cover.person)} is back; {face.person(cover.by)} no longer covers."


def _ends_at(cover: Cover) -> str:
    return f"until {time(cover.until)}" if cover.until else "until somebody ends it"
