"""Covers and absences as people read them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.outbox.notice import What
from bot.core.people.presence import Cover
from bot.flows.handle_absence import CoverView
from bot.slack.ids import Action, value
from bot.slack.kit import SlackMessage, actions, button, context, lines, message, section
from bot.slack.text import Writer, escape, time

Facts = Mapping[str, Any]


def _begins(facts: Facts, writer: Writer) -> SlackMessage:
    ends = f"until {_at(facts['until'])}" if facts.get("until") else "until somebody ends it"
    entered = (
        f" {writer.person(facts['entered_by'])} entered it." if facts.get("entered_by") else ""
    )
    if facts["reader"] == facts["by"]:
        said = f"You cover for {writer.person(facts['person'])} {ends}"
        then = "You get their pings and questions, and each says for whom."
    else:
        said = f"{writer.person(facts['by'])} covers for you {ends}"
        then = "Your pings go there. Back earlier? `/conn cover cancel me`"
    return message("Cover begins", [section(f"🤝 *{said}.*{entered} {then}")])


def _ends(facts: Facts, writer: Writer) -> SlackMessage:
    by = f" ({writer.person(facts['entered_by'])} ended it)" if facts.get("entered_by") else ""
    if facts["reader"] == facts["by"]:
        said = f"You no longer cover for {writer.person(facts['person'])}"
    else:
        said = f"{writer.person(facts['by'])} no longer covers for you: pings reach you again"
    return message("Cover ends", [section(f"🤝 *{said}*{by}.")])


def _at(moment: str | None) -> str:
    return time(datetime.fromisoformat(moment)) if moment else ""


def _declined(facts: Facts, writer: Writer) -> SlackMessage:
    by, person = writer.person(facts["entered_by"]), writer.person(facts["person"])
    text = f"🤝 *{by} said no:* you do not cover for {person}."
    return message("Cover not agreed", [section(text)])


def _asked(facts: Facts, cover: Cover, writer: Writer) -> SlackMessage:
    """To whoever may speak for the person; the buttons go once it is decided."""
    by, person = writer.person(cover.by), writer.person(cover.person)
    text = (
        f"🤝 *{writer.person(cover.entered_by)} says that {by} covers for {person}"
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
        whose = f"{writer.person(cover.decided_by)} " if cover.decided_by else ""
        blocks.append(context(f"{whose}{said}."))
    return message("May they cover?", blocks)


REQUEST_LETTERS: Mapping[What, Callable[[Facts, Cover, Writer], SlackMessage]] = {
    What.COVER_ASKED: _asked,
}
LETTERS: Mapping[What, Callable[[Facts, Writer], SlackMessage]] = {
    What.COVER_DECLINED: _declined,
    What.COVER_BEGINS: _begins,
    What.COVER_ENDS: _ends,
}


def listing(view: CoverView, writer: Writer) -> SlackMessage:
    """Who covers for whom, and who is away by what Slack shows."""
    covered = {cover.person for cover in view.covers}
    rows = [
        f"• {writer.name(cover.by)} covers for *{writer.name(cover.person)}* " + _ends_at(cover)
        for cover in view.covers
    ]
    away = [
        f"• *{writer.name(one.person)}*: {escape(one.why)}"
        + (f", until {time(one.until)}" if one.until else "")
        + ("" if one.person in covered else ". *Nobody covers.*")
        for one in view.absences
    ]
    rows += [
        f"• {writer.name(cover.by)} would cover for *{writer.name(cover.person)}*"
        f" {_ends_at(cover)};"
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


def entered(cover: Cover, writer: Writer) -> str:
    if not cover.agreed:
        known = writer.catalogue.people
        away = known.get(cover.person)
        above = "their manager" if away and away.manager in known else "the architecture owners"
        return (
            f"🤝 {writer.person(cover.person)} and {above} are asked whether"
            f" {writer.person(cover.by)} covers {_ends_at(cover)}. Nothing changes until somebody"
            " says yes."
        )
    return (
        f"🤝 {writer.person(cover.by)} covers for {writer.person(cover.person)} {_ends_at(cover)}."
    )


def ended(cover: Cover, writer: Writer) -> str:
    if not cover.agreed:
        return f"🤝 {writer.person(cover.by)} does not cover for {writer.person(cover.person)}."
    return f"🤝 {writer.person(cover.person)} is back; {writer.person(cover.by)} no longer covers."


def _ends_at(cover: Cover) -> str:
    return f"until {time(cover.until)}" if cover.until else "until somebody ends it"
