"""Releases as people read them: reminders with the verdict as buttons, and the calendar."""

from bot.core.changes.notices import ReleaseDue
from bot.core.estate.catalogue import Connection
from bot.core.estate.history import TRIAL_WORDS, Release, ReleaseStage, ReleaseTrial
from bot.flows.changes.releases import ReleaseLine, ReleasesView
from bot.slack.ids import Action, value
from bot.slack.kit import (
    Block,
    SlackMessage,
    actions,
    button,
    context,
    header,
    lines,
    message,
    section,
)
from bot.slack.notice_words import about_record
from bot.slack.text import Writer, escape, time

_ASKS = {
    ReleaseStage.NOTES: "Please read the release notes and note what concerns your connections.",
    ReleaseStage.SANDBOX: "Please test your connections in the sandbox and record what came of it.",
    ReleaseStage.FREEZE: "From now on nothing is changed on these connections until it is over.",
    ReleaseStage.AFTER: "It is in place. Does everything still work?",
}
_HEADS = {
    ReleaseStage.NOTES: "Release notes",
    ReleaseStage.SANDBOX: "Sandbox test",
    ReleaseStage.FREEZE: "Freeze",
    ReleaseStage.AFTER: "After the release",
}
_SYMBOL = {ReleaseTrial.FINE: "🟢", ReleaseTrial.PROBLEM: "🔴", ReleaseTrial.NOT_TESTED: "⚪"}


@about_record
def due(told: ReleaseDue, release: Release, writer: Writer) -> SlackMessage:
    stage = told.stage
    called = release.called(writer.catalogue.system_name(release.system))
    head = f"{_HEADS[stage]}: {called}"
    blocks: list[Block] = [
        header(head),
        lines(
            f"*{escape(called)}* · {time(release.at)}",
            escape(release.summary),
            f"*Release notes:* {escape(release.notes)}" if release.notes else "",
            _ASKS[stage],
        ),
    ]
    for id in told.connections:
        connection = writer.catalogue.connections.get(id)
        if connection is not None:
            blocks += _connection(release, connection, stage, writer)
    if told.more:
        blocks.append(context(f"and {told.more} more connections: `/conn releases`"))
    return message(writer.plain(head), blocks)


def _connection(
    release: Release, connection: Connection, stage: ReleaseStage, writer: Writer
) -> list[Block]:
    said = trial_line(release, connection.id, writer)
    block = section(f"*{escape(connection.name)}*" + (f" · {said}" if said else ""))
    trial = release.trial_of(connection.id)
    if stage is ReleaseStage.NOTES or (trial is not None and trial.verdict is ReleaseTrial.FINE):
        return [block]
    labels = ("Fine", "Problem…", "Not tested…")
    row = [
        button(
            label,
            Action.TRIAL,
            value(verdict.value, connection.id, release.id),
            word=f"{connection.id}:{verdict.value}",
        )
        for label, verdict in zip(labels, ReleaseTrial, strict=True)
    ]
    return [block, actions(row, f"trial-{connection.id}")]


def trial_line(release: Release, connection: str, writer: Writer) -> str:
    """The verdict for one connection, in a line; empty when nobody gave one."""
    trial = release.trial_of(connection)
    if trial is None:
        return ""
    note = f": {escape(trial.note)}" if trial.note else ""
    return (
        f"{_SYMBOL[trial.verdict]} {TRIAL_WORDS[trial.verdict]}{note}"
        f" ({writer.person(trial.by)}, {time(trial.at)})"
    )


def calendar(view: ReleasesView, writer: Writer) -> SlackMessage:
    """What comes, what came, and what was said of each."""
    blocks: list[Block] = [header("Releases")]
    for title, rows in (("To come", view.coming), ("Came lately", view.past)):
        if rows:
            blocks.append(section(f"*{title}*"))
            blocks += [section(_entry(row, writer)) for row in rows]
    if not view.coming:
        blocks.append(section("No release is announced."))
    blocks += [context(f"⚠️ {escape(problem)}") for problem in view.problems[:3]]
    blocks.append(
        context("From `releases:` and `calendars:` of the estate file, and imported calendars.")
    )
    return message("Releases", blocks)


def _entry(row: ReleaseLine, writer: Writer) -> str:
    release = row.release
    called = escape(release.called(writer.catalogue.system_name(release.system)))
    summary = f": {escape(release.summary)}" if release.summary else ""
    said = [
        f"  {escape(one.name)}: {trial_line(release, one.id, writer) or 'no verdict yet'}"
        for one in row.connections[:8]
    ]
    head = f"• *{called}* · {time(release.at)}{summary}"
    return "\n".join((head, *said))
