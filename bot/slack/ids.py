"""Names of buttons and fields, and what their values carry: our own ids, nothing else.

An action id is `noun:verb`, with `:` and a distinguishing word behind it where several buttons of
one kind stand in one message. A value is our ids joined by `|`, decoded here and nowhere else.
Our ids are numbers of one database, so whatever can be pressed or sent says which one that is.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bot.flows.monitoring import health
from bot.flows.monitoring.health import Spans
from bot.language.errors import Invalid, Refused
from bot.runtime import Clock
from bot.store.tx import Tx


class Action(StrEnum):
    ACKNOWLEDGE = "incident:acknowledge"
    ALL_THE_SAME = "incident:all_the_same"
    STILL_ON_IT = "incident:still_on_it"
    HAND_OVER = "incident:hand_over"
    RESOLVE = "incident:resolve"
    CONFIRM_DATA = "incident:confirm_data"
    REJECT_DATA = "incident:reject_data"
    TIMELINE = "incident:timeline"
    MORE = "incident:more"
    TICKET = "incident:ticket"
    ANSWERED = "incident:answered"
    PACKET = "incident:packet"
    JOINT_HELD = "incident:joint_held"
    REVIEW = "incident:review"
    REOPEN = "incident:reopen"
    MERGE = "incident:merge"
    SPLIT = "incident:split"
    RUNBOOK = "incident:runbook"
    STUCK_GIVE = "stuck:give"
    STUCK_CLEAR = "stuck:clear"
    TEACH = "lesson:teach"
    LESSON_APPROVE = "lesson:approve"
    LESSON_EDIT = "lesson:edit"
    LESSON_REJECT = "lesson:reject"
    ANSWER = "runbook:answer"
    RUN_HOOK = "runbook:run"
    APPROVE = "approval:approve"
    DENY = "approval:deny"
    USE_RUNBOOK = "runbook:use"
    CHOOSE = "runbook:choose"
    STEP_MENU = "runbook:menu"
    RELEASE = "runbook:release"
    HOLD_DENY = "runbook:deny"
    SHOW = "connection:show"
    WHO = "connection:who"
    CHECK = "connection:check"
    DECLARE = "connection:declare"
    WHICH = "connection:which"
    ATTEST_MINE = "attest:mine"
    ATTEST_ALL = "attest:all"
    ATTEST_NOT = "attest:not"
    ATTEST_HAND = "attest:hand"
    HANDOVER_ITEMS = "handover:items"
    CHANGE_NEW = "change:new"
    CHANGE_APPROVE = "change:approve"
    CHANGE_REJECT = "change:reject"
    CHANGE_ASK = "change:ask"
    CHANGE_ANSWER = "change:answer"
    CHANGE_WITHDRAW = "change:withdraw"
    CHANGE_DONE = "change:done"
    CHANGE_DOCUMENT = "change:document"
    CHANGE_CLOSE = "change:close"
    UNANNOUNCED_OURS = "suspicion:ours"
    UNANNOUNCED_NOT = "suspicion:not"
    TRIAL = "release:trial"
    LINK = "link:open"
    ROTATED = "credential:rotated"
    SNOOZE = "credential:snooze"
    NOT_MINE = "credential:not_mine"
    COVER_AGREE = "cover:agree"
    COVER_DECLINE = "cover:decline"


class Shortcut(StrEnum):
    DECLARE = "declare_incident"
    TIMELINE = "add_to_timeline"


# Of which there may be several in one message, told apart by a word behind the id.
WORDED = frozenset(
    {
        *(Action.ATTEST_MINE, Action.ATTEST_NOT, Action.ATTEST_HAND, Action.HANDOVER_ITEMS),
        *(Action.SHOW, Action.WHO, Action.WHICH, Action.CHECK, Action.LINK),
        *(Action.RUN_HOOK, Action.RELEASE, Action.HOLD_DENY, Action.ANSWER, Action.CHOOSE),
        *(Action.STEP_MENU, Action.STUCK_GIVE, Action.STUCK_CLEAR, Action.TRIAL),
        *(Action.CONFIRM_DATA, Action.REJECT_DATA),
    }
)


def action_id(action: Action, word: str = "") -> str:
    """Raises ValueError for a word behind an action that takes none: it would not be heard."""
    if word and action not in WORDED:
        raise ValueError(f"{action} takes no word")
    return f"{action}:{word}" if word else action.value


def value(*parts: str | int) -> str:
    return "|".join(str(part) for part in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepClick:
    incident: int
    step: str
    answer: str


OLDER_BUTTON = "This button is from an older message; use the newest one in the channel."
_NUMBER = re.compile(r"[0-9]+")
_DIGITS = 15  # more than any number of ours has, and fewer than a database takes


def incident_number(text: str) -> int:
    """Of a value that is an incident's number and nothing else. Raises Invalid."""
    if not _NUMBER.fullmatch(text):
        raise Invalid(OLDER_BUTTON)
    if len(text) > _DIGITS:
        raise Invalid("There is no such incident.")
    return int(text)


def first_number(text: str) -> int:
    """Of a value whose first part is an incident. Raises Invalid for anything else."""
    return incident_number(text.partition("|")[0])


_FORM = "form"


def form_block(step: str, field: str) -> str:
    """block_id of one field of a runbook form."""
    return f"{_FORM}:{step}:{field}"


def form_values(state: Mapping[str, Mapping[str, Any]], step: str) -> dict[str, str]:
    """What was written into the form of `step`, by field; of a click's `state.values`."""
    start = form_block(step, "")
    written: dict[str, str] = {}
    for block, elements in state.items():
        element: Any = next(iter(elements.values()), None)
        if block.startswith(start) and element:
            written[block.removeprefix(start)] = str(element.get("value") or "")
    return written


def step_click(text: str) -> StepClick:
    """Of a value `incident|step|answer`. Raises Invalid for anything else."""
    parts = text.split("|")
    if len(parts) != 3:
        raise Invalid(OLDER_BUTTON)
    return StepClick(incident=incident_number(parts[0]), step=parts[1], answer=parts[2])


_SIGNED = re.compile(r"([0-9a-f]{12})(?:@(\d{1,12}))?/(.*)", re.DOTALL)
_FOREIGN = (
    "This was made from another database of Firstlane than the one in use now, where the same"
    " number is something else, so nothing was changed. `/conn status` shows what is open."
)


_FORGOTTEN = (
    "This was made in a time that the database of Firstlane does not remember, since an older copy"
    " of it was put back. The same number may be something else by now, so nothing was changed."
    " `/conn status` shows what is open."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Signs what can be pressed or sent with the database that it was made from and the time, and
    refuses what another one made, or this one in a time of which it knows nothing (`gaps`).
    `unsigned`: this one has posted before there were signatures."""

    install: str
    unsigned: bool
    clock: Clock
    gaps: Spans = ()

    def blocks(self, blocks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The blocks of a message or view as they go out."""
        return [self._block(number, dict(block)) for number, block in enumerate(blocks)]

    def view(self, view: Mapping[str, Any]) -> dict[str, Any]:
        private = self._sign(str(view.get("private_metadata", "")))
        return {**view, "blocks": self.blocks(view["blocks"]), "private_metadata": private}

    def _block(self, number: int, block: dict[str, Any]) -> dict[str, Any]:
        # A click brings only its own block and value; the block's id is what we may sign.
        if block["type"] == "actions" or "accessory" in block:
            block["block_id"] = self._sign(str(block.get("block_id", number)))
        return block

    def _sign(self, text: str) -> str:
        return f"{self.install[:12]}@{int(self.clock().timestamp())}/{text}"

    def must_have_made(self, body: Mapping[str, Any]) -> None:
        """Raises Refused for a click or a form of something that another database made."""
        by, at, signed = _signed_by(body)
        ours = by == self.install[:12]
        if not (ours if signed else self.unsigned and (ours or by is None)):
            raise Refused(_FOREIGN)
        if at is not None and self.forgot(at):
            raise Refused(_FORGOTTEN)

    def forgot(self, at: datetime) -> bool:
        """Whether it knows nothing of what it posted then."""
        return any(since < at < until for since, until in self.gaps)


def origin(tx: Tx, clock: Clock) -> Origin:
    return Origin(
        install=tx.install(), unsigned=tx.posted_unsigned(), clock=clock, gaps=health.gaps(tx)
    )


def _signed_by(body: Mapping[str, Any]) -> tuple[str | None, datetime | None, bool]:
    """By which database, when, and whether what was pressed says so itself. Of what was posted
    before there were signatures the message may say it."""
    pressed = next(iter(body.get("actions") or ()), None)
    view, posted = body.get("view") or {}, (body.get("message") or {}).get("metadata") or {}
    text = pressed.get("block_id") if pressed else view.get("private_metadata")
    if signed := _SIGNED.fullmatch(str(text)):
        return signed[1], datetime.fromtimestamp(int(signed[2]), UTC) if signed[2] else None, True
    install = (posted.get("event_payload") or {}).get("install")
    return (str(install)[:12] if install else None), None, False


_STAMPED = re.compile(r"@(\d{1,12}\.\d{1,6})@(.*)", re.DOTALL)


def stamped(view: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The form with the moment at which it is opened."""
    private = f"@{at.timestamp():.6f}@{view.get('private_metadata', '')}"
    return {**view, "private_metadata": private}


def carried(body: Mapping[str, Any]) -> str:
    """What a form was opened with."""
    private = _unsigned(body)
    found = _STAMPED.fullmatch(private)
    return found[2] if found else private


def opened_at(body: Mapping[str, Any]) -> datetime | None:
    """When a form was opened; None where it does not say."""
    found = _STAMPED.fullmatch(_unsigned(body))
    return datetime.fromtimestamp(float(found[1]), UTC) if found else None


def _unsigned(body: Mapping[str, Any]) -> str:
    private = str(body["view"].get("private_metadata", ""))
    signed = _SIGNED.fullmatch(private)
    return signed[3] if signed else private
