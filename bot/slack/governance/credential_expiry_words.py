"""Letters about credentials that end, and the modal that asks for the new end."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from bot.core.estate.catalogue import Catalogue, Identity
from bot.core.governance.credential_expiry import Subject
from bot.core.outbox.notice import What
from bot.slack.ids import Action
from bot.slack.kit import (
    SlackMessage,
    actions,
    button,
    lines,
    message,
    section,
)
from bot.slack.text import Writer, escape, time

Facts = Mapping[str, Any]

_FINDINGS = {
    Identity.PERSONAL: "It is a personal login: it stops when that person leaves."
    " Ask for a service identity when you renew it.",
    Identity.SHARED: "It is a shared login: nobody can tell who used it."
    " Ask for a service identity when you renew it.",
    Identity.UNKNOWN: "The catalogue does not say whose login it is.",
}


def _letter(what: What, facts: Facts, writer: Writer) -> SlackMessage:
    """To a credential's owner, with the three answers there are."""
    head = _head(what, facts)
    key = str(facts["key"])
    passed_on = facts.get("passed_on")
    text = [
        f"*Used by:* {_used_by(facts, writer.catalogue)}",
        f"*Renew it:* {escape(facts['where'])}" if facts.get("where") else "",
        f"*Mind:* {_finding(facts)}" if _finding(facts) else "",
        f"*You:* {writer.person(passed_on)} says that it is not theirs." if passed_on else "",
    ]
    row = [
        button("Rotated, new expiry…", Action.ROTATED, key, style="primary"),
        button("Snooze 3 days", Action.SNOOZE, key),
        button("Not mine", Action.NOT_MINE, key),
    ]
    plain = f"{facts['name']}: {what.replace('_', ' ')}"
    return message(writer.plain(plain), [section(head), lines(*text), actions(row, "credential")])


def _head(what: What, facts: Facts) -> str:
    name = escape(str(facts["name"]))
    ends = time(datetime.fromisoformat(facts["expires"])) if facts.get("expires") else ""
    if what is What.EXPIRED:
        return f"🔴 *{name} has expired* {ends}. What uses it fails, or will."
    if what is What.ROTATION:
        return f"🟡 *{name} is due for rotation* since {escape(str(facts['rotate_by']))}."
    return f"🟡 *{name} expires* {ends}. Renew it before then."


def _used_by(facts: Facts, catalogue: Catalogue) -> str:
    known = (catalogue.connections.get(key) for key in facts.get("connections", []))
    return escape(", ".join(item.name for item in known if item)) or "nothing in the catalogue"


def _finding(facts: Facts) -> str:
    if str(facts["key"]).startswith("probe:"):
        return "No credential in the catalogue has this end date. Add it there, with its owner."
    return _FINDINGS.get(Identity(facts.get("identity", Identity.UNKNOWN)), "")


LETTERS: Mapping[What, Callable[[Facts, Writer], SlackMessage]] = {
    What.EXPIRES: partial(_letter, What.EXPIRES),
    What.EXPIRED: partial(_letter, What.EXPIRED),
    What.ROTATION: partial(_letter, What.ROTATION),
}


def answered(subject: Subject, said: str) -> SlackMessage:
    """What stands in the letter's place once it is answered: no button, since none is left, and
    whatever is wrong with the login itself, which no answer mends. `said` is Slack markup."""
    found = _finding({"key": subject.key, "identity": subject.identity})
    blocks = [section(f"*{escape(subject.name)}:* {said}")]
    if found:
        blocks.append(lines(f"*Mind:* {found}"))
    return message(f"{subject.name}: answered", blocks)
