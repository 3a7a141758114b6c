"""What is seen of people: who owns nothing, too much, alone, or is no longer there.

What is seen of the estate as a whole: patterns that go wrong, and what was never decided.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from bot.core.estate.catalogue import Connection
from bot.core.estate.lane import Layer
from bot.core.governance.audit.attestation import Claim
from bot.core.governance.audit.finding import LintHit, of_person
from bot.core.governance.audit.situation import Situation, listed, people_of
from bot.language.marks import outside, who
from bot.language.units import say_count

ANSWER_WITHIN = timedelta(days=21)  # to confirm ownership, after being asked
HANDOVER_WITHIN = timedelta(days=14)  # to finish a handover checklist

_TEAM_WORDS = frozenset(
    {"admin", "crew", "department", "desk", "group", "helpdesk", "info", "it", "office", "ops"}
    | {"servicedesk", "squad", "staff", "support", "team"}
)


def orphan(_: Situation, connection: Connection) -> Iterator[LintHit]:
    if not any(connection.owners.of(layer) for layer in Layer):
        yield LintHit("Nobody owns it, in any layer.")


def missing_layer(layer: Layer, _: Situation, connection: Connection) -> Iterator[LintHit]:
    """Of what has another owner; without any it is an orphan."""
    owners = connection.owners
    # Else one connection without anybody would be four findings.
    if owners.of(layer) is None and any(owners.of(other) for other in Layer):
        yield LintHit(f"No {layer} owner is named.")


def no_responder(_: Situation, connection: Connection) -> Iterator[LintHit]:
    if connection.first_responder is None:
        yield LintHit("No first responder is named.")


def departed(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    gone = {
        person: f"{who(person)} {why} ({listed(duty.words for duty in duties)})"
        for person, duties in people_of(connection).items()
        if (why := situation.absence(person))
    }
    if gone:
        # One finding, however many left: it is mended by one look at the file.
        first = next(iter(gone))
        known = situation.catalogue.people.get(first)
        since = known.left if known else None
        yield LintHit(f"{'; '.join(gone.values())}.", person=first, since=since)


def no_cover(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    first = connection.first_responder
    # Whoever is pinged first cannot stand behind themselves.
    behind = {one for rung in connection.ladder for one in rung.people} - {first}
    if first and not any(situation.present(one) for one in behind):
        yield LintHit(f"Nobody stands behind {who(first)} on the escalation ladder.")


def key_person(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    """One person runs it, is pinged first and second, and holds every key."""
    person = connection.owners.technical
    first_rung = connection.ladder[0].people if connection.ladder else ()
    hands = {person, connection.first_responder, *first_rung} - {None}
    # A key whose owner is unknown may be in other hands.
    hands |= {one.owner for one in connection.credentials}
    if person and hands == {person}:
        known = situation.catalogue.people.get(person)
        outsider = " They work for another company." if known and known.works_for else ""
        yield LintHit(f"Everything technical hangs on {who(person)}.{outsider}", person=person)


def all_layers(_: Situation, connection: Connection) -> Iterator[LintHit]:
    owners = connection.owners
    if owners.technical and owners.technical == owners.functional == owners.architecture:
        yield LintHit(f"{who(owners.technical)} owns all three layers.", person=owners.technical)


def review_due(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    succession = connection.about.succession
    review, after = succession.review, succession.next_owner
    if review and review <= situation.today:
        yield LintHit(
            f"Its ownership was to be looked at on {review}.",
            do=f"Hand it to {who(after)}." if after else "",
            since=review,
        )


def not_equipped(_: Situation, connection: Connection) -> Iterator[LintHit]:
    for layer, given in connection.about.equipped.items():
        owner = connection.owners.of(Layer(layer))
        if owner and given.lacking:
            yield LintHit(
                f"{who(owner)} owns the {layer} layer without {listed(given.lacking)}.",
                part=layer,
                person=owner,
                do=f"Give them {listed(given.lacking)}, or name another owner.",
            )


def denied(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    # Their word outweighs the file: who says that it is not theirs will not answer for it.
    for asked in situation.live.asked:
        if asked.connection == connection.id and asked.claim is Claim.NOT_MINE:
            yield LintHit(
                f"{who(asked.person)} says that the {asked.layer} layer is not theirs.",
                part=asked.layer,
                person=asked.person,
                do=f"Name the right {asked.layer} owner in the catalogue.",
                since=asked.asked_at.date(),
            )


def unanswered(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    for asked in situation.live.asked:
        late = asked.claim is None and asked.asked_at + ANSWER_WITHIN <= situation.now
        if asked.connection == connection.id and late:
            yield LintHit(
                f"{who(asked.person)} has not confirmed the {asked.layer} layer.",
                part=asked.layer,
                person=asked.person,
                since=asked.asked_at.date(),
            )


def handover(situation: Situation, connection: Connection) -> Iterator[LintHit]:
    for one in situation.live.handovers:
        if one.connection == connection.id and one.opened_at + HANDOVER_WITHIN <= situation.now:
            yield LintHit(
                f"{who(one.person)} took the {one.layer} layer over; still missing:"
                f" {listed(one.missing)}.",
                part=one.layer,
                person=one.person,
                since=one.opened_at.date(),
            )


def too_much(situation: Situation) -> Iterator[LintHit]:
    most = situation.catalogue.governance.most_owned
    for person in situation.catalogue.people:
        count = sum(
            person in (one.owners.technical, one.owners.functional, one.first_responder)
            for one in situation.managed
        )
        if count > most:
            yield LintHit(
                f"{who(person)} answers for {count} connections; {most} is the limit.",
                subject=of_person(person),
                person=person,
            )


def team_mailbox(situation: Situation) -> Iterator[LintHit]:
    """A shared mailbox behind a person's name: nobody in particular would answer."""
    busy = {person for one in situation.managed for person in people_of(one)}
    for id, person in situation.catalogue.people.items():
        email = person.email or ""
        if id in busy and email.partition("@")[0].casefold() in _TEAM_WORDS:
            yield LintHit(
                f"{who(id)} is reached at {outside(email)}, which reads like a shared mailbox.",
                subject=of_person(id),
                person=id,
            )


MODEL_REVIEW = timedelta(days=365)
CALENDAR_PATIENCE = timedelta(days=2)  # a calendar may fail so long
FEW_HAND_MADE = 3  # below this there is no sprawl to speak of


def no_model(situation: Situation) -> Iterator[LintHit]:
    if situation.catalogue.governance.model is None:
        yield LintHit("Nobody decided whether the estate is run inside, outside or by both.")


def model_unfinished(situation: Situation) -> Iterator[LintHit]:
    model = situation.catalogue.governance.model
    if model:
        attached = {
            "handover protocol": model.handover,
            "escalation paths": model.escalation,
            "rules for documents": model.documentation,
        }
        lacking = [name for name, given in attached.items() if not given]
        if lacking:
            yield LintHit(f"The {model.kind} operating model has no {listed(lacking)}.")


def model_old(situation: Situation) -> Iterator[LintHit]:
    model = situation.catalogue.governance.model
    if model and model.decided and model.decided + MODEL_REVIEW <= situation.today:
        yield LintHit(f"The operating model was last decided on {model.decided}.")


def no_authority(situation: Situation) -> Iterator[LintHit]:
    # Between two systems alone there is nothing to be agreed on.
    if not situation.catalogue.governance.authority and len(situation.managed) > 1:
        yield LintHit("No system of record is named for any domain.")


def disagreement(situation: Situation) -> Iterator[LintHit]:
    for name, systems in situation.claims.items():
        if len(systems) > 1:
            told = listed(situation.catalogue.system_name(one) for one in sorted(systems))
            said = f"Two systems are said to own {outside(name)}: {told}."
            yield LintHit(said, part=name.replace(" ", "-"))


def sprawl(situation: Situation) -> Iterator[LintHit]:
    """Hand-made point-to-point links: many ways in, each with its own habits."""
    ends = Counter(system for one in situation.hand_made for system in one.systems)
    for system, count in ends.items():
        if count > FEW_HAND_MADE:
            yield LintHit(
                f"{say_count(count, 'hand-made connection')} end at"
                f" {outside(situation.catalogue.system_name(system))}.",
                part=system,
            )


def customised(situation: Situation) -> Iterator[LintHit]:
    made = situation.hand_made
    if len(made) > FEW_HAND_MADE and len(made) * 2 > len(situation.managed):
        days = sum(one.about.effort_days or 0 for one in made)
        cost = f", {days:g} days of upkeep a year" if days else ""
        yield LintHit(f"{len(made)} of {len(situation.managed)} connections are hand-made{cost}.")


def quotas(situation: Situation) -> Iterator[LintHit]:
    for id, quota in situation.catalogue.governance.quotas.items():
        if not situation.present(quota.owner):
            yield LintHit(f"Nobody shares out {outside(quota.name)}.", part=id)


def calendars(situation: Situation) -> Iterator[LintHit]:
    """The first calendar of releases that could not be read for some days."""
    for one in situation.live.unread:
        if one.since + CALENDAR_PATIENCE <= situation.now:
            yield LintHit(f"The {outside(one.name)} cannot be read: {outside(one.why)}.")
            return


def acceptances_over(situation: Situation, keys: frozenset[str]) -> Iterator[LintHit]:
    """Of the findings that are still there, by their `keys`."""
    for one in situation.catalogue.governance.accepted:
        if one.until < situation.today and one.finding in keys:
            yield LintHit(
                f"“{outside(one.finding)}” was accepted until {one.until}.",
                subject=one.finding.replace("/", "."),
                person=one.owner,
                since=one.until,
            )
