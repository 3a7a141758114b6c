"""Which deed each command, button and shortcut is, for `core.people.permissions`; a form says it
itself.

The flows ask who somebody is to an incident. Here, at the door, only those are turned away who may
do nothing but look wherever they come from: guests, as the settings say.
"""

from collections.abc import Mapping
from contextlib import suppress

from bot.core.people.permissions import RULES, Deed, DeedAbout, PermissionLevel, Role, refusal
from bot.flows import views
from bot.flows.people import permitted
from bot.flows.work import Work
from bot.language.errors import BotError, NotAllowed
from bot.language.units import names_incident, parse_incident_key
from bot.slack import find_connection
from bot.slack.forms.form import OPENERS
from bot.slack.handler import Handler
from bot.slack.ids import Action, Shortcut

COMMANDS: Mapping[str, Deed] = {
    **dict.fromkeys(("status", "who", "show", "check", "explain", "stuck", "sla"), Deed.LOOK),
    **dict.fromkeys(("changes", "releases", "audit", "kpi", "mine", "help"), Deed.LOOK),
    "declare": Deed.DECLARE,
    "ack": Deed.TAKE,
    "handover": Deed.HAND_OVER,
    "answered": Deed.COUNTERPARTY,
    "resolve": Deed.RESOLVE,
    "reopen": Deed.REOPEN,
    "merge": Deed.MERGE,
    "split": Deed.MERGE,
    "hold": Deed.HOLD,
    "unhold": Deed.RELEASE,
    "release": Deed.RELEASE,
    "runbook": Deed.LOOK,  # the list; changing or confirming one asks in its flow
    "drill": Deed.DRILL,
    "cover": Deed.LOOK,  # the list; entering one asks in its flow
    "pause": Deed.LOOK,
    "resume": Deed.PAUSE,
    "note": Deed.NOTE,
    "change": Deed.PROPOSE,
    "attest": Deed.LOOK,
    "rotate": Deed.ROTATE,
    "retract": Deed.TAKE_BACK,
}

# Beside these, a button that opens a form is the deed of the form.
ACTIONS: Mapping[Action, Deed] = {
    **dict.fromkeys(
        (Action.TIMELINE, Action.MORE, Action.PACKET, Action.SHOW, Action.WHO, Action.CHECK),
        Deed.LOOK,
    ),
    **dict.fromkeys((Action.LINK, Action.WHICH), Deed.LOOK),
    **dict.fromkeys((Action.ACKNOWLEDGE, Action.ALL_THE_SAME, Action.STILL_ON_IT), Deed.TAKE),
    Action.RESOLVE: Deed.RESOLVE,
    Action.CONFIRM_DATA: Deed.CONFIRM_DATA,
    Action.ANSWERED: Deed.COUNTERPARTY,
    **dict.fromkeys((Action.STUCK_GIVE, Action.STUCK_CLEAR), Deed.RECORDS),
    **dict.fromkeys((Action.ANSWER, Action.CHOOSE, Action.STEP_MENU), Deed.STEP),
    Action.USE_RUNBOOK: Deed.USE_RUNBOOK,
    Action.RUN_HOOK: Deed.RUN_HOOK,
    **dict.fromkeys((Action.LESSON_APPROVE, Action.CHANGE_APPROVE), Deed.DECIDE),
    **dict.fromkeys((Action.ATTEST_MINE, Action.ATTEST_ALL, Action.ATTEST_NOT), Deed.DECIDE),
    Action.HANDOVER_ITEMS: Deed.DECIDE,
    **dict.fromkeys((Action.CHANGE_WITHDRAW, Action.CHANGE_DONE), Deed.ANSWER_FOR),
    **dict.fromkeys(
        (Action.UNANNOUNCED_OURS, Action.UNANNOUNCED_NOT, Action.TRIAL), Deed.ANSWER_FOR
    ),
    **dict.fromkeys((Action.SNOOZE, Action.NOT_MINE), Deed.CREDENTIAL),
    **dict.fromkeys((Action.COVER_AGREE, Action.COVER_DECLINE), Deed.AGREE_COVER),
}
SHORTCUTS: Mapping[Shortcut, Deed] = {
    Shortcut.DECLARE: Deed.DECLARE,
    Shortcut.TIMELINE: Deed.NOTE,
}


def deed_of(action: Action) -> Deed:
    return OPENERS[action].deed if action in OPENERS else ACTIONS[action]


async def admit(handler: Handler, deed: Deed, by: str, words: str = "", channel: str = "") -> None:
    """Raises NotAllowed when `by` is not of the company, nobody named them, and the settings let
    such people only look; naming who may, where the `words` (as typed, or as a button or a form
    carries them) or the `channel` tell what it is about. Whom that is everybody may ask."""
    runtime = handler.runtime
    # Whoever the catalogue lists is of the company: no need to look further.
    if Role.ANYBODY in RULES[deed].may or by in runtime.knowledge().catalogue.people:
        return
    # Guests and partners are looked up in Slack once, and then remembered.
    doer = await runtime.do(permitted.doer, by)
    if doer.foreign and doer.level is PermissionLevel.LOOK:
        raise NotAllowed(refusal(deed, await _meant(handler, deed, words, channel), doer))


async def _meant(handler: Handler, deed: Deed, words: str, channel: str) -> DeedAbout:
    """Never guessed from a number of something else: only where the holder of an incident or the
    data approver has a say, a number is an incident's."""
    carried = words.partition("|")[0]
    typed = names_incident(words)

    def incident(work: Work) -> DeedAbout | None:
        number = parse_incident_key(typed[0] if typed else carried)
        found = views.incident_here(work, channel) if number is None else work.tx.incident(number)
        return permitted.about_incident(work, found) if found else None

    if RULES[deed].may & {Role.HOLDER, Role.DATA_APPROVER}:
        about = await handler.runtime.do(incident)
        if about is not None:
            return about
    if deed in _BY_NAME:
        with suppress(BotError, find_connection.Unclear):
            return permitted.about_connection(
                find_connection.find(handler, words.partition(":")[0])
            )
    return DeedAbout(name="it")


_BY_NAME = frozenset(
    {Deed.DECLARE, Deed.TAKE_BACK, Deed.DRILL, Deed.PAUSE, Deed.ROTATE, Deed.PROPOSE}
)
