"""Covers and absences as people read them."""

from bot.core.people.notices import CoverAsked, CoverBegins, CoverDeclined, CoverEnds
from bot.core.people.presence import Cover
from bot.flows.handle_absence import CoverView
from bot.slack.ids import Action, value
from bot.slack.kit import SlackMessage, actions, button, context, lines, message, section
from bot.slack.notice_words import about_record, personal
from bot.slack.text import Writer, escape, time


@personal
def begins(told: CoverBegins, writer: Writer) -> SlackMessage:
    ends = f"until {time(told.until)}" if told.until else "until somebody ends it"
    entered = f" {writer.person(told.entered_by)} entered it." if told.entered_by else ""
    if told.reader == told.by:
        said = f"You cover for {writer.person(told.person)} {ends}"
        then = "You get their pings and questions, and each says for whom."
    else:
        said = f"{writer.person(told.by)} covers for you {ends}"
        then = "Your pings go there. Back earlier? `/conn cover cancel me`"
    return message("Cover begins", [section(f"🤝 *{said}.*{entered} {then}")])


@personal
def ends(told: CoverEnds, writer: Writer) -> SlackMessage:
    by = f" ({writer.person(told.entered_by)} ended it)" if told.entered_by else ""
    if told.reader == told.by:
        said = f"You no longer cover for {writer.person(told.person)}"
    else:
        said = f"{writer.person(told.by)} no longer covers for you: pings reach you again"
    return message("Cover ends", [section(f"🤝 *{said}*{by}.")])


@personal
def declined(told: CoverDeclined, writer: Writer) -> SlackMessage:
    by, person = writer.person(told.entered_by), writer.person(told.person)
    text = f"🤝 *{by} said no:* you do not cover for {person}."
    return message("Cover not agreed", [section(text)])


@about_record
def asked(told: CoverAsked, cover: Cover, writer: Writer) -> SlackMessage:
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
