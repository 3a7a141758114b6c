"""Letters about credentials that end, and the modal that asks for the new end."""

from bot.core.estate.catalogue import Catalogue, Identity
from bot.core.governance.credential_expiry import Subject
from bot.core.governance.notices import Expired, Expires, OfCredential, Rotation
from bot.slack.ids import Action
from bot.slack.kit import (
    SlackMessage,
    actions,
    button,
    lines,
    message,
    section,
)
from bot.slack.notice_words import personal
from bot.slack.text import Writer, escape, time

_FINDINGS = {
    Identity.PERSONAL: "It is a personal login: it stops when that person leaves."
    " Ask for a service identity when you renew it.",
    Identity.SHARED: "It is a shared login: nobody can tell who used it."
    " Ask for a service identity when you renew it.",
    Identity.UNKNOWN: "The catalogue does not say whose login it is.",
}


@personal
def ends(told: Expires | Expired | Rotation, writer: Writer) -> SlackMessage:
    """To a credential's owner, with the three answers there are."""
    key, by = told.key, told.passed_on
    text = [
        f"*Used by:* {_used_by(told, writer.catalogue)}",
        f"*Renew it:* {escape(told.where)}" if told.where else "",
        f"*Mind:* {_finding(told)}" if _finding(told) else "",
        f"*You:* {writer.person(by)} says that it is not theirs." if by else "",
    ]
    row = [
        button("Rotated, new expiry…", Action.ROTATED, key, style="primary"),
        button("Snooze 3 days", Action.SNOOZE, key),
        button("Not mine", Action.NOT_MINE, key),
    ]
    blocks = [section(_head(told)), lines(*text), actions(row, "credential")]
    return message(writer.plain(f"{told.name}: {told.what}"), blocks)


def _head(told: OfCredential) -> str:
    name, at = escape(told.name), time(told.expires) if told.expires else ""
    match told:
        case Expired():
            return f"🔴 *{name} has expired* {at}. What uses it fails, or will."
        case Rotation():
            return f"🟡 *{name} is due for rotation* since {told.rotate_by}."
    return f"🟡 *{name} expires* {at}. Renew it before then."


def _used_by(told: OfCredential, catalogue: Catalogue) -> str:
    known = (catalogue.connections.get(key) for key in told.connections)
    return escape(", ".join(item.name for item in known if item)) or "nothing in the catalogue"


def _finding(one: OfCredential | Subject) -> str:
    if one.key.startswith("probe:"):
        return "No credential in the catalogue has this end date. Add it there, with its owner."
    return _FINDINGS.get(one.identity, "")


def answered(subject: Subject, said: str) -> SlackMessage:
    """What stands in the letter's place once it is answered: no button, since none is left, and
    whatever is wrong with the login itself, which no answer mends. `said` is Slack markup."""
    found = _finding(subject)
    blocks = [section(f"*{escape(subject.name)}:* {said}")]
    if found:
        blocks.append(lines(f"*Mind:* {found}"))
    return message(f"{subject.name}: answered", blocks)
