"""Findings about the estate as a whole: patterns that go wrong, and what was never decided.

Each rule is one function of the situation and one line in the table at the end.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

from bot.core.estate.catalogue import Build
from bot.core.estate.description import OperatingModel
from bot.core.governance.audit.finding import ESTATE, AuditFinding, FindingWeight
from bot.core.governance.audit.situation import Situation, listed
from bot.language.marks import outside
from bot.language.units import say_count

MODEL_REVIEW = timedelta(days=365)
HAND_MADE = frozenset({Build.CUSTOM, Build.SCRIPT})
DOMAINS = ("customer", "product", "pricing", "contract", "invoice", "payment", "revenue")
CALENDAR_PATIENCE = timedelta(days=2)  # a calendar may fail so long
FEW_HAND_MADE = 3  # below this there is no sprawl to speak of


def _finding(
    situation: Situation,
    id: str,
    what: str,
    why: str,
    do: str,
    weight: FindingWeight = FindingWeight.IMPORTANT,
) -> AuditFinding:
    return AuditFinding(
        id=id, subject=ESTATE, what=what, why=why, who=situation.keeper, do=do, weight=weight
    )


def _model(situation: Situation) -> Iterator[AuditFinding]:
    model = situation.catalogue.governance.model
    if model is None:
        yield _finding(
            situation,
            "no-operating-model",
            "Nobody decided whether the estate is run inside, outside or by both.",
            "In an incident each side waits for the other.",
            "Choose a model, write down why, and attach its three documents.",
        )
        return
    lacking = [name for name, given in _attachments(model).items() if not given]
    if lacking:
        yield _finding(
            situation,
            "operating-model-unfinished",
            f"The {model.kind} operating model has no {listed(lacking)}.",
            "A model that is not written down ends with the people who agreed on it.",
            "Write the missing documents and enter their addresses.",
        )


def _attachments(model: OperatingModel) -> dict[str, str]:
    return {
        "handover protocol": model.handover,
        "escalation paths": model.escalation,
        "rules for documents": model.documentation,
    }


def _model_old(situation: Situation) -> Iterator[AuditFinding]:
    model = situation.catalogue.governance.model
    if model and model.decided and model.decided + MODEL_REVIEW <= situation.today:
        yield _finding(
            situation,
            "operating-model-review-due",
            f"The operating model was last decided on {model.decided}.",
            "The estate grows; what fitted five connections does not fit twenty.",
            "Look at it again and enter the date.",
            FindingWeight.MINOR,
        )


def _authority(situation: Situation) -> Iterator[AuditFinding]:
    named = situation.catalogue.governance.authority
    if not named and len(situation.managed) > 1:
        yield _finding(
            situation,
            "no-system-of-record",
            "No system of record is named for any domain.",
            "When two systems differ, nobody can say which one is right.",
            f"Name one system each for {listed(DOMAINS)}, as far as they apply.",
        )


def _disagreement(situation: Situation) -> Iterator[AuditFinding]:
    claims: dict[str, set[str]] = {}
    for connection in situation.managed:
        for record in connection.about.records:
            if record.authority:
                claims.setdefault(record.name.casefold(), set()).add(record.authority)
    for name, systems in claims.items():
        if len(systems) > 1:
            told = listed(situation.catalogue.system_name(one) for one in sorted(systems))
            yield _finding(
                situation,
                f"two-truths-{name.replace(' ', '-')}",
                f"Two systems are said to own {outside(name)}: {told}.",
                "Each overwrites the other.",
                "Decide which one it is.",
            )


def _sprawl(situation: Situation) -> Iterator[AuditFinding]:
    """Hand-made point-to-point links: many ways in, each with its own habits."""
    made = [one for one in situation.managed if one.build in HAND_MADE]
    ends = Counter(system for one in made for system in one.systems)
    for system, count in ends.items():
        if count > FEW_HAND_MADE:
            yield _finding(
                situation,
                f"point-to-point-{system}",
                f"{say_count(count, 'hand-made connection')} end at"
                f" {outside(situation.catalogue.system_name(system))}.",
                "Each has its own login, retry and error handling to look after.",
                "Move them to one platform or to maintained connectors, the costliest first.",
                FindingWeight.MINOR,
            )


def _customised(situation: Situation) -> Iterator[AuditFinding]:
    made = [one for one in situation.managed if one.build in HAND_MADE]
    if len(made) > FEW_HAND_MADE and len(made) * 2 > len(situation.managed):
        days = sum(one.about.effort_days or 0 for one in made)
        cost = f", {days:g} days of upkeep a year" if days else ""
        yield _finding(
            situation,
            "over-customised",
            f"{len(made)} of {len(situation.managed)} connections are hand-made{cost}.",
            "Every update of the ERP has to be tested against each of them.",
            "Compare each with a maintained connector.",
            FindingWeight.MINOR,
        )


def _quota(situation: Situation) -> Iterator[AuditFinding]:
    for id, quota in situation.catalogue.governance.quotas.items():
        if quota.owner is None or not situation.present(quota.owner):
            yield _finding(
                situation,
                f"unowned-quota-{id}",
                f"Nobody shares out {outside(quota.name)}.",
                "One connection can use it up and stop the others.",
                "Name an owner of the quota.",
                FindingWeight.MINOR,
            )


def _calendars(situation: Situation) -> Iterator[AuditFinding]:
    """Calendars of releases that could not be read for some days."""
    for one in situation.live.unread:
        if one.since + CALENDAR_PATIENCE <= situation.now:
            yield _finding(
                situation,
                "calendar-unread",
                f"The {outside(one.name)} cannot be read: {outside(one.why)}.",
                "Nobody is told of a release that is announced there.",
                "Mend its address under `calendars` in the estate file.",
                FindingWeight.IMPORTANT,
            )
            return


def acceptances_over(situation: Situation, keys: frozenset[str]) -> Iterator[AuditFinding]:
    """Of the findings that are still there."""
    for one in situation.catalogue.governance.accepted:
        if one.until < situation.today and one.finding in keys:
            yield AuditFinding(
                id="acceptance-over",
                subject=one.finding.replace("/", "."),
                what=f"“{outside(one.finding)}” was accepted until {one.until}.",
                why="It counts again.",
                who=one.owner if situation.present(one.owner) else situation.keeper,
                do="Deal with it, or accept it again with a new date.",
                since=one.until,
            )


WHOLE: tuple[Callable[[Situation], Iterator[AuditFinding]], ...] = (
    _model,
    _model_old,
    _authority,
    _disagreement,
    _sprawl,
    _customised,
    _quota,
    _calendars,
)
