"""Loads the estate file: a catalogue to trust, or every problem that stands in the way."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.core.estate.catalogue import Catalogue
from bot.files.content import presets_dir
from bot.files.estate.build import build
from bot.files.estate.check_settings import Kinds, check_settings
from bot.files.estate.consistency import duties, inconsistencies
from bot.files.estate.durations import contradictions
from bot.files.estate.fields import Surroundings, proposed_id
from bot.files.estate.inline_secrets import inline_secrets, kept_secret
from bot.files.estate.presets import load_presets, with_presets
from bot.files.estate.schema import EstateShape
from bot.files.problems import Problem, ProblemLevel, errors, in_order
from bot.files.substitution import Outside
from bot.files.validate import doubted, presentable, validate
from bot.files.yaml_nodes import Node
from bot.files.yaml_source import read_yaml
from bot.language.zones import zone_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """`catalogue` is None when `problems` holds an error."""

    catalogue: Catalogue | None
    problems: tuple[Problem, ...] = ()


def load_text(
    raw: bytes | str,
    *,
    path: Path,
    environ: Mapping[str, str],
    kinds: Kinds,
    runbooks: Collection[str],
    now: datetime,
) -> Loaded:
    """The estate in `raw`, which came from `path`. `kinds` gives the settings model of each kind of
    check, `runbooks` the known runbook ids, `now` (aware) the moment that relative dates count
    from."""
    outside = Outside(environ=environ, folder=path.parent)
    source = read_yaml(raw, file=path.name, outside=outside)
    source, misused = with_presets(source, load_presets(presets_dir()))
    root = source.root
    if root is None:
        return Loaded(catalogue=None, problems=source.problems)
    surroundings = _surroundings(root, runbooks, now)
    estate, misshapen = validate(EstateShape, source, context=surroundings)
    settings, unfit = check_settings(source, kinds)
    problems = [
        *source.problems,
        *misused,
        *misshapen,
        *unfit,
        *inconsistencies(root, source.file),
        *_exposed(root, source.file),
    ]
    # These look at values, which only a file without mistakes of form has.
    if estate is not None:
        problems += [
            *_ended(estate, root, source.file, now),
            *_left(estate, root, source.file, now),
            *(doubted(source.file, root, one) for one in contradictions(estate, root)),
        ]
    ordered = in_order(presentable(problems, source.secrets))
    catalogue = None
    if estate is not None and not errors(ordered):
        catalogue = replace(build(estate, settings), secrets=kept_secret(root))
    return Loaded(catalogue=catalogue, problems=ordered)


def _surroundings(root: Node, runbooks: Collection[str], now: datetime) -> Surroundings:
    def ids(section: str) -> frozenset[str]:
        """As they are written, and as they will be once the letters are right that an id may
        hold: what is wrong at its own place is told there alone."""
        written = [key for key, _ in root.get(section).entries()]
        return frozenset([*written, *filter(None, map(proposed_id, written))])

    return Surroundings(
        called={
            "person": _called(root.get("people"), "name", "email", "slack"),
            "system": _called(root.get("systems"), "name"),
            "party": _called(root.get("parties"), "name"),
            "connection": _called(root.get("connections"), "name"),
        },
        names={
            "person": ids("people"),
            "system": ids("systems"),
            "party": ids("parties"),
            "connection": ids("connections"),
            "runbook": frozenset(runbooks),
            "quota group": frozenset(
                key for key, _ in root.get("governance").get("quotas").entries()
            ),
        },
        now=now,
        example=root.get("example").value is True,
        timezone=_timezone(root),
    )


def _called(section: Node, *keys: str) -> Mapping[str, str]:
    """Each word that exactly one of a section's entries is known by, with the id of that entry."""
    found: dict[str, set[str]] = {}
    for id, entry in section.entries():
        for word in (entry.node.get(key).text.strip().casefold() for key in keys):
            if word:
                found.setdefault(word, set()).add(id)
    # Two people of one name: a hint to either of them could be the wrong one.
    return {word: next(iter(ids)) for word, ids in found.items() if len(ids) == 1}


def _timezone(root: Node) -> str:
    """The company's zone; UTC while it is not a known one, which is a problem of its own."""
    name = root.get("company").get("timezone").text
    # Read ahead of the models: moments are checked in this zone while the file is validated.
    return name if name in zone_names() else "UTC"


def _ended(estate: EstateShape, root: Node, file: str, now: datetime) -> Iterator[Problem]:
    """Credentials that ended by the register: nothing warns of these any more."""
    for key, item in estate.connections.items():
        written = root.get("connections").get(key).get("credentials").elements()
        for credential, node in zip(item.credentials, written, strict=False):
            if credential.expires and credential.expires <= now.date():
                place = node.get("expires")
                said = f"'{key}/{credential.id}' ended on {credential.expires}"
                hint = "write the new date when it is renewed"
                yield Problem.at(file, place, said, hint, ProblemLevel.WARNING)


def _left(estate: EstateShape, root: Node, file: str, now: datetime) -> Iterator[Problem]:
    """Who is named for something and is not there any more: nobody answers for it."""
    for place, duty in duties(root):
        person = estate.people.get(place.text)
        if person is not None and person.left and person.left <= now.date():
            said = f"'{place.text}' ({duty}) left on {person.left}"
            yield Problem.at(file, place, said, "name whoever does it now", ProblemLevel.WARNING)


def _exposed(root: Node, file: str) -> Iterator[Problem]:
    hint = "write ${NAME} and set the environment variable, or ${file:/path}"
    for node, name in inline_secrets(root):
        yield Problem.at(file, node, f"{name} must not stand in this file", hint)
