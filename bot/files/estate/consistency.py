"""What must hold between the entries of the estate file, beyond the shape of each; and spans that
contradict one another: each may stand alone, and together one is never reached.

These rules walk the document itself, so a fault in one field hides no fault in another.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

from bot.core.estate.catalogue import Criticality
from bot.core.estate.lane import Layer
from bot.core.monitoring.heartbeat import PUSHED
from bot.files.estate.schema import EstateShape
from bot.files.estate.schema_connection import CheckDefaults, CheckShape, ConnectionShape
from bot.files.problems import Problem, ProblemLevel
from bot.files.yaml_source import Node, YamlEntry
from bot.language.errors import Doubt
from bot.language.units import write_duration as written
from bot.language.words import is_team

Found = Iterator[tuple[Node | YamlEntry, str, ProblemLevel]]


def inconsistencies(root: Node, file: str) -> list[Problem]:
    """Every broken rule as an error, every gap in ownership or watching as a warning."""
    return [
        Problem.at(file, place, message, severity=severity)
        for rule in _RULES
        for place, message, severity in rule(root)
    ]


def _wrong(place: Node | YamlEntry, message: str) -> tuple[Node | YamlEntry, str, ProblemLevel]:
    return place, message, ProblemLevel.ERROR


def _gap(place: Node | YamlEntry, message: str) -> tuple[Node | YamlEntry, str, ProblemLevel]:
    return place, message, ProblemLevel.WARNING


def _people_share_no_address(root: Node) -> Found:
    seen: dict[str, str] = {}
    for person, entry in root.get("people").entries():
        email = entry.node.get("email")
        # Slack finds people by their address: two with one address would be one account.
        key = email.text.casefold().strip()
        if key and key in seen:
            yield _wrong(email, f"this e-mail address already belongs to '{seen[key]}'")
        elif key:
            seen[key] = person


def _nobody_manages_themselves(root: Node) -> Found:
    for person, entry in root.get("people").entries():
        manager = entry.node.get("manager")
        if manager.text == person:
            yield _wrong(manager, f"'{person}' cannot be their own manager")


def _people_on_call_are_reachable_people(root: Node) -> Found:
    people = root.get("people")
    for person, duty in _duties(root).items():
        entry = next((entry for key, entry in people.entries() if key == person), None)
        if entry is None:
            continue
        name = entry.node.get("name")
        # A team has no account that could be pinged, and nobody in it is the one who answers.
        if is_team(name.text) or is_team(person):
            yield _wrong(entry, f"'{person}' ({duty}) looks like a team; name one person")
        if entry.node.get("email").value is None and entry.node.get("slack").value is None:
            yield _wrong(entry, f"'{person}' ({duty}) has neither an e-mail address nor a Slack id")


def _duties(root: Node) -> dict[str, str]:
    """Who can be pinged, with the first reason found in the file."""
    found: dict[str, str] = {}
    for person, duty in duties(root):
        if person.text:
            found.setdefault(person.text, duty)
    return found


def duties(root: Node) -> Iterator[tuple[Node, str]]:
    """Every place in the file that names somebody, with what for."""
    yield from _shared_duties(root)
    yield from _connection_duties(root)


def _shared_duties(root: Node) -> Iterator[tuple[Node, str]]:
    for person in _pinged(root.get("defaults")):
        yield person, "on the default ladder"
    for policy in root.get("policies").elements():
        for person in _pinged(policy):
            yield person, "on the ladder of a policy"
    for party, entry in root.get("parties").entries():
        yield entry.node.get("person"), f"named contact of {party}"


def _connection_duties(root: Node) -> Iterator[tuple[Node, str]]:
    for connection, entry in root.get("connections").entries():
        for layer in Layer:
            yield entry.node.get("owners").get(layer), f"{layer} owner of {connection}"
        yield entry.node.get("first_responder"), f"first responder of {connection}"
        for person in _pinged(entry.node):
            yield person, f"on the ladder of {connection}"


def _pinged(node: Node) -> Iterator[Node]:
    """Everybody on the ladder of a node."""
    for rung in node.get("ladder").elements():
        yield from rung.get("ping").elements()


def _names_lead_to_one_connection(root: Node) -> Found:
    connections = dict(root.get("connections").entries())
    # Ids are taken before names, so that a name never leads away from the id that it equals.
    taken = {connection.casefold(): connection for connection in connections}
    for connection, entry in connections.items():
        name = entry.node.get("name")
        for label in (name, *entry.node.get("aliases").elements()):
            key = label.text.casefold().strip()
            if not key:
                continue
            owner = taken.setdefault(key, connection)
            if owner != connection:
                yield _wrong(label, f"the name '{label.text}' already leads to '{owner}'")


def _ids_are_unique_in_a_connection(root: Node) -> Found:
    for connection, entry in root.get("connections").entries():
        for section, what in (("checks", "check"), ("credentials", "credential")):
            seen: set[str] = set()
            for item in entry.node.get(section).elements():
                id_ = item.get("id")
                if id_.text and id_.text in seen:
                    yield _wrong(id_, f"'{connection}' already has a {what} '{id_.text}'")
                seen.add(id_.text)


def _a_shared_credential_is_named_by_its_first_user(root: Node) -> Found:
    """`same_as` leads to a credential of its own; two that look alike are asked about."""
    own: dict[str, Node] = {}
    alike: dict[tuple[str, str], str] = {}
    shared: list[tuple[str, Node]] = []
    for connection, entry in root.get("connections").entries():
        for item in entry.node.get("credentials").elements():
            key = f"{connection}/{item.get('id').text}"
            if item.get("same_as").text:
                shared.append((key, item.get("same_as")))
                continue
            own[key] = item
            first = alike.setdefault((item.get("id").text, item.get("name").text), key)
            # Within one connection the doubled id is told already, as a mistake.
            if first.partition("/")[0] != connection:
                yield _gap(item, f"'{key}' looks like '{first}': if it is, write same_as: {first}")
    for key, same in shared:
        if same.text not in own:
            yield _wrong(same, f"there is no credential '{same.text}' that '{key}' could be")


def _nothing_depends_on_itself(root: Node) -> Found:
    for connection, entry in root.get("connections").entries():
        for other in entry.node.get("depends_on").elements():
            if other.text == connection:
                yield _wrong(other, f"'{connection}' cannot depend on itself")


def _something_is_watched(root: Node) -> Found:
    place, _ = root.nearest(("connections",))
    if root.get("connections").value in (None, (), {}):
        what = "nothing is watched: describe the first connection under"
        yield _gap(place, f"{what} 'connections'")


def _gaps(root: Node) -> Found:
    for connection, entry in root.get("connections").entries():
        owners = entry.node.get("owners")
        missing = [layer.value for layer in Layer if owners.get(layer).value is None]
        if missing:
            yield _gap(entry, f"'{connection}' has no {_either(missing)} owner")
        if entry.node.get("first_responder").value is None:
            yield _gap(entry, f"'{connection}' has no first responder")
        if not any(entry.node.get("checks").elements()):
            yield _gap(entry, f"'{connection}' has no check: nobody would see it fail")


def _either(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]


_RULES: tuple[Callable[[Node], Found], ...] = (
    _people_share_no_address,
    _nobody_manages_themselves,
    _people_on_call_are_reachable_people,
    _names_lead_to_one_connection,
    _ids_are_unique_in_a_connection,
    _a_shared_credential_is_named_by_its_first_user,
    _nothing_depends_on_itself,
    _something_is_watched,
    _gaps,
)


def contradictions(estate: EstateShape, root: Node) -> Iterator[Doubt]:
    """Every pair of spans of which one makes the other pointless. `root` is what was written."""
    usual = estate.defaults.check
    yield from _slower_than_its_turn(usual, usual, ("defaults", "check"))
    for key, connection in estate.connections.items():
        for place, check in enumerate(connection.checks):
            at = ("connections", key, "checks", place)
            yield from _slower_than_its_turn(check, usual, at)
            yield from _quiet_between_looks(check, usual, at)
        yield from _asked_too_early(key, connection, estate)
    yield from _graver_waits_longer(estate)
    yield from _reminded_out_of_turn(estate, root)


def _slower_than_its_turn(
    check: CheckShape | CheckDefaults, usual: CheckDefaults, at: tuple[str | int, ...]
) -> Iterator[Doubt]:
    if isinstance(check, CheckShape) and (
        # Where both are the defaults the doubt is told at the defaults, once.
        check.kind in PUSHED or (check.every is None and check.timeout is None)
    ):
        return
    every, timeout = check.every or usual.every, check.timeout or usual.timeout
    if timeout <= every:
        return
    own = check.timeout is not None
    from_defaults = "" if own else " that checks have by default"
    yield Doubt(
        at=(*at, "timeout" if own else "every"),
        message=f"a look may take {written(timeout)}{from_defaults}, longer than the"
        f" {written(every)} until the next one is due",
        hint=f"write a timeout of at most {written(every)}, or look less often",
    )


def _quiet_between_looks(
    check: CheckShape, usual: CheckDefaults, at: tuple[str | int, ...]
) -> Iterator[Doubt]:
    every, limit = check.every or usual.every, check.volume and check.volume.quiet_limit
    if limit and limit < every:
        yield Doubt(
            at=(*at, "volume", "quiet_limit"),
            message=f"between two looks {written(every)} pass, longer than the"
            f" {written(limit)} without a record that are allowed",
            hint="look more often, or allow more than that",
        )


def _asked_too_early(key: str, item: ConnectionShape, estate: EstateShape) -> Iterator[Doubt]:
    """Whoever holds an incident is asked half a lease before its end at the earliest."""
    for place, policy in enumerate(estate.policies):
        if policy.criticality and item.criticality not in policy.criticality:
            continue
        lease = item.lease or policy.lease or estate.defaults.lease
        if policy.ask_before and policy.ask_before > lease / 2:
            yield Doubt(
                at=("connections", key, "lease")
                if item.lease
                else ("policies", place, "ask_before"),
                message=f"whoever holds an incident would be asked {written(policy.ask_before)}"
                f" before the end of a lease of {written(lease)}, and half of it is the most",
                hint="write a longer lease, or a shorter ask_before",
            )


def _graver_waits_longer(estate: EstateShape) -> Iterator[Doubt]:
    for key, party in estate.parties.items():
        agreed = [one for one in Criticality if one in party.respond_within]
        for graver, other in pairwise(agreed):
            within, others = party.respond_within[graver], party.respond_within[other]
            if within > others:
                yield Doubt(
                    at=("parties", key, "respond", graver),
                    message=f"what is {graver} may wait {written(within)}, longer"
                    f" than what is {other} ({written(others)})",
                    hint="look whether the two are mixed up",
                )


def _reminded_out_of_turn(estate: EstateShape, root: Node) -> Iterator[Doubt]:
    reminders = estate.governance.release_reminders
    written_down = root.get("governance").get("release_reminders")
    for earlier, later in pairwise(("notes", "sandbox", "freeze")):
        first, second = getattr(reminders, earlier), getattr(reminders, later)
        if first < second:
            # At the one that was written: a default cannot be mended in the file.
            told = earlier if written_down.get(later).value is None else later
            yield Doubt(
                at=("governance", "release_reminders", told),
                message=f"'{later}' comes {written(second)} before a release, and '{earlier}' only"
                f" {written(first)} before it",
                hint=f"'{earlier}' comes first: give it the longer span",
            )
