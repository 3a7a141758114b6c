"""Who may do what: one table of deeds, and the one place that refuses.

A deed is about something, an incident or a connection, in which people have parts (`Role`).
Whoever has none of the parts that a deed asks for is refused, and told who has one. The published
table in `docs/permissions.md` is `table()`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.language.errors import NotAllowed
from bot.language.marks import outside, who


class Role(StrEnum):
    """What somebody is to the thing a deed is about. The value is how the table calls it."""

    ANYBODY = "anybody, guests too"
    COLLEAGUE = "anybody of the company"
    TRUSTED = "whoever the settings trust"
    HELPER = "whoever took it to help"
    LADDER = "everybody on its ladder"
    RESPONDER = "the first responder"
    TECHNICAL = "the technical owner"
    FUNCTIONAL = "the functional owner"
    ARCHITECTURE = "the architecture owner"
    HOLDER = "whoever has it"
    AUTHOR = "whoever entered or began it"
    ASKED = "whoever was asked"
    DATA_APPROVER = "whoever judges its data"
    PERSON = "the person it is about"
    STAND_IN = "their stand-in"
    MANAGER = "their manager"
    ESTATE_OWNER = "an architecture owner"


class PermissionLevel(StrEnum):
    """What people may do about things for which nobody named them; each includes those before."""

    LOOK = "look"  # look, ask, and add notes
    HELP = "help"  # declare, and take an incident to help
    TAKE = "take"  # take an incident as somebody named for it does


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the settings allow to those whom nobody named: colleagues, and people who are guests
    in Slack or of another company."""

    others: PermissionLevel = PermissionLevel.HELP
    guests: PermissionLevel = PermissionLevel.LOOK


AS_IT_COMES = Access()
OWNERS = frozenset({Role.TECHNICAL, Role.FUNCTIONAL, Role.ARCHITECTURE})
NAMED = OWNERS | {Role.LADDER, Role.RESPONDER, Role.HOLDER}
WORKING = NAMED | {Role.HELPER, Role.AUTHOR, Role.DATA_APPROVER}
RUNS_IT = OWNERS | {Role.RESPONDER}


class Deed(StrEnum):
    """The value ends the sentence “Only … may …”, and names the deed in the table."""

    LOOK = "look and ask"
    NOTE = "add a note"
    DECLARE = "declare an incident"
    TAKE = "acknowledge it"
    HAND_OVER = "hand it over"
    RESOLVE = "resolve it"
    SET_LANE = "change its lane"
    MERGE = "merge or split it"
    CONFIRM_DATA = "say whether its data is right"
    REOPEN = "open it again"
    STEP = "answer its runbook"
    USE_RUNBOOK = "use another runbook for it"
    HOLD = "hold a step of its runbook"
    RUN_HOOK = "call a webhook of its runbook"
    COUNTERPARTY = "write down what the counter-party says"
    REVIEW = "write its review"
    TEACH = "propose a playbook entry"
    TAKE_BACK = "take back what was reported of it"
    RECORDS = "give or clear its failed records"
    RELEASE = "release or deny a step that is held"
    DECIDE = "decide what they were asked for"
    DRILL = "begin or end a drill of it"
    PAUSE = "pause or resume it"
    ROTATE = "rotate its addresses"
    CREDENTIAL = "answer for its credentials"
    ANSWER_FOR = "answer for a change or a release of it"
    PROPOSE = "propose a change"
    CONFIRM_RUNBOOK = "confirm a runbook"
    COVER = "enter or end a cover"
    AGREE_COVER = "confirm a cover that the stand-in entered"
    ATTEST_START = "begin a round of confirmations"


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionRule:
    """`may` do it at once. `asked` are asked first, and then it is less: `asked_then` says what.
    `whom` begins the refusal, with the thing's `{name}`; `instead` ends it."""

    may: frozenset[Role]
    asked: frozenset[Role] = frozenset()
    asked_then: str = ""
    told: str = ""
    whom: str = "somebody named for {name}"
    instead: str = "Tell them what you see, or add a note."


_ALL = frozenset({Role.ANYBODY})
_COMPANY = frozenset({Role.COLLEAGUE})
_CHANNEL = "its channel"
_TAKE_FIRST = "Acknowledge it to help, then do this; or add a note."

RULES: Mapping[Deed, PermissionRule] = {
    Deed.LOOK: PermissionRule(may=_ALL),
    Deed.NOTE: PermissionRule(may=_ALL, told=_CHANNEL),
    Deed.DECLARE: PermissionRule(may=_COMPANY | RUNS_IT, told="the first responder and the owners"),
    Deed.TAKE: PermissionRule(
        may=NAMED | {Role.TRUSTED},
        asked=_COMPANY,
        asked_then="they help: the ladder goes on, and they may not end it",
        told="its channel, and whoever has it or is pinged now",
    ),
    Deed.HAND_OVER: PermissionRule(may=NAMED, told=_CHANNEL),
    Deed.RESOLVE: PermissionRule(may=NAMED, told="its channel, and whoever judges its data"),
    Deed.SET_LANE: PermissionRule(may=NAMED, told=_CHANNEL),
    Deed.MERGE: PermissionRule(
        may=NAMED, whom="somebody named for one of the two", told="the channels of both"
    ),
    Deed.CONFIRM_DATA: PermissionRule(
        may=frozenset({Role.DATA_APPROVER, Role.ARCHITECTURE}),
        whom="whoever judges the data of {name}",
        told=_CHANNEL,
    ),
    Deed.REOPEN: PermissionRule(
        may=WORKING,
        asked=_COMPANY,
        asked_then="the owner is asked to open it",
        told="its channel, and the ladder from its first rung",
    ),
    Deed.STEP: PermissionRule(may=WORKING, instead=_TAKE_FIRST, told=_CHANNEL),
    Deed.USE_RUNBOOK: PermissionRule(may=WORKING, instead=_TAKE_FIRST, told=_CHANNEL),
    Deed.HOLD: PermissionRule(
        may=WORKING, instead=_TAKE_FIRST, told="whoever may release the step"
    ),
    Deed.RUN_HOOK: PermissionRule(may=NAMED, told=_CHANNEL),
    Deed.COUNTERPARTY: PermissionRule(may=WORKING, instead=_TAKE_FIRST, told=_CHANNEL),
    Deed.REVIEW: PermissionRule(may=WORKING, whom="somebody who was in {name}", told=_CHANNEL),
    Deed.TEACH: PermissionRule(
        may=WORKING, whom="somebody who was in {name}", told="the owner, who decides"
    ),
    Deed.TAKE_BACK: PermissionRule(may=NAMED, told=_CHANNEL),
    Deed.RECORDS: PermissionRule(may=NAMED, told="its channel, and the owner who gets them"),
    Deed.RELEASE: PermissionRule(
        may=frozenset({Role.ASKED}), whom="whoever is named for that", told=_CHANNEL
    ),
    Deed.DECIDE: PermissionRule(
        may=frozenset({Role.ASKED}), whom="the person it was put to", told="whoever asked"
    ),
    Deed.DRILL: PermissionRule(
        may=RUNS_IT | {Role.HOLDER, Role.AUTHOR}, instead="Ask one of them.", told=_CHANNEL
    ),
    Deed.PAUSE: PermissionRule(may=RUNS_IT, instead="Ask one of them.", told="the technical owner"),
    Deed.ROTATE: PermissionRule(
        may=frozenset({Role.TECHNICAL}),
        whom="the technical owner of {name}",
        instead="Stand-ins may not. Ask them.",
    ),
    Deed.CREDENTIAL: PermissionRule(
        may=RUNS_IT | {Role.ASKED},
        whom="an owner of {name}",
        instead="Ask one of them.",
        told="the owners who got the same letter",
    ),
    Deed.ANSWER_FOR: PermissionRule(
        may=OWNERS, whom="an owner of {name}", instead="Ask one of them."
    ),
    Deed.PROPOSE: PermissionRule(may=_COMPANY | RUNS_IT, told="whoever has to approve"),
    Deed.CONFIRM_RUNBOOK: PermissionRule(may=_COMPANY),
    Deed.COVER: PermissionRule(
        may=frozenset({Role.PERSON, Role.STAND_IN, Role.MANAGER, Role.ESTATE_OWNER}),
        whom="the two of them, their managers or an architecture owner",
        instead="Ask one of them.",
        told="both people",
    ),
    Deed.AGREE_COVER: PermissionRule(
        may=frozenset({Role.PERSON, Role.MANAGER, Role.ESTATE_OWNER}),
        whom="whoever is away, their manager or an architecture owner",
        instead="They were asked.",
        told="both people",
    ),
    Deed.ATTEST_START: PermissionRule(
        may=frozenset({Role.ESTATE_OWNER}), whom="an architecture owner"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedAbout:
    """What a deed is about: its name, from outside, and who has which part in it."""

    name: str
    cast: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)

    def people(self, roles: Iterable[Role]) -> tuple[str, ...]:
        """Whoever has one of the parts, each once."""
        wanted = frozenset(roles)
        found = (one for role, people in self.cast.items() if role in wanted for one in people)
        return tuple(dict.fromkeys(found))

    def joined(self, role: Role, people: Iterable[str | None]) -> "DeedAbout":
        """The same, with `people` in that part as well."""
        more = (*self.cast.get(role, ()), *(one for one in people if one))
        return replace(self, cast={**self.cast, role: tuple(dict.fromkeys(more))})


@dataclass(frozen=True, slots=True, kw_only=True)
class Doer:
    """Who acts. `speaks_for` are the people for whom they stand in, and themselves. `foreign` says
    what they are when they are not of the company, as “a guest”; empty for colleagues."""

    person: str
    speaks_for: tuple[str, ...]
    level: PermissionLevel = PermissionLevel.HELP
    foreign: str = ""

    @property
    def everybody_spoken_for(self) -> frozenset[str]:
        return frozenset({self.person, *self.speaks_for})


def roles_of(about: DeedAbout, doer: Doer) -> frozenset[Role]:
    """Every part that `doer` has in it."""
    speaks_for = doer.everybody_spoken_for
    roles = {
        Role.ANYBODY,
        *(role for role, people in about.cast.items() if speaks_for & set(people)),
    }
    # Settings that let colleagues only look take from them what the company as a whole may do.
    if doer.level is not PermissionLevel.LOOK:
        roles.add(Role.COLLEAGUE)
    # Where nobody is named, whoever comes is all there is.
    if doer.level is PermissionLevel.TAKE or (
        doer.level is PermissionLevel.HELP and not about.people(NAMED)
    ):
        roles.add(Role.TRUSTED)
    return frozenset(roles)


def permit(deed: Deed, about: DeedAbout, doer: Doer) -> bool:
    """True when they may; False when they have to be asked first. Raises NotAllowed, naming who
    may, for everybody else."""
    rule, roles = RULES[deed], roles_of(about, doer)
    if roles & rule.may:
        return True
    if roles & rule.asked:
        return False
    raise NotAllowed(refusal(deed, about, doer))


def refusal(deed: Deed, about: DeedAbout, doer: Doer) -> str:
    """In marks."""
    rule = RULES[deed]
    people = ", ".join(who(person) for person in about.people(rule.may))
    if doer.foreign:
        whom = f" Ask {people}." if people else " Ask somebody of the company."
        return f"You are here as {doer.foreign}: you may look, ask and add notes, not {deed}.{whom}"
    # The company as a whole may, so it is the settings that refuse here.
    if rule.may & {Role.COLLEAGUE}:
        return f"Who may {deed} is limited here to those named for it. Tell one of them."
    whom = rule.whom.format(name=outside(about.name))
    instead = rule.instead if people else "Name one in the estate file first."
    return f"Only {whom} may {deed}: {people or 'nobody yet'}. {instead}"


_TABLE_HEAD = "| deed | who may | anybody else of the company | who is told |\n|---|---|---|---|"


def table() -> str:
    """The rules as a Markdown table, for the documentation, with the settings as they come."""
    return "\n".join([_TABLE_HEAD, *(_row(deed, rule) for deed, rule in RULES.items())])


_GROUPS = (
    ("whoever is named for it or works on it", WORKING),
    ("whoever is named for it", NAMED),
    ("its first responder and its owners", RUNS_IT),
    ("its owners", OWNERS),
)


def _said(roles: frozenset[Role]) -> str:
    if Role.COLLEAGUE in roles:
        return Role.COLLEAGUE.value
    for name, group in _GROUPS:
        # The largest group first, so that the rest that is listed singly is short.
        if group <= roles:
            more = [role.value for role in Role if role in roles - group]
            return ", ".join([name, *more])
    return ", ".join(role.value for role in Role if role in roles)


def _row(deed: Deed, rule: PermissionRule) -> str:
    may = _said(rule.may - {Role.TRUSTED})
    others = "may" if rule.may & {Role.ANYBODY, Role.COLLEAGUE} else "is refused, with who may"
    if rule.asked:
        others = f"is asked first; then {rule.asked_then}"
    return f"| {deed} | {may} | {others} | {rule.told or 'nobody'} |"
