"""Reads the settings of every check with the model of its kind, and finds the secrets of an estate
file.

The kinds are given by the caller: this floor does not know which probes exist.

A secret that somebody wrote into the file itself has to move out before it leaks; one that comes
from outside is kept out of everything that is shown. Two signs of a written one: a value that looks
like a known kind of secret, anywhere; and any literal value under a key such as `password`, inside
the settings of a check. The value itself is never repeated.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol, runtime_checkable

from pydantic import BaseModel

from bot.core.estate.check_spec import CheckSettings
from bot.core.monitoring.signals import Signal
from bot.files.estate.build import CheckPlace
from bot.files.estate.schema_connection import CHECK_KEYS
from bot.files.problems import Problem, did_you_mean
from bot.files.validate import doubted, validate
from bot.files.yaml_source import Node, YamlSource
from bot.language.errors import Doubt
from bot.language.redaction import TOKENS, Secret

Kinds = Mapping[str, type[BaseModel]]
_SIGNALS = frozenset(Signal)


@runtime_checkable
class OfKind(CheckSettings, Protocol):
    """What the model of every kind of check has, beside what the rest of the bot asks of it."""

    def gives(self) -> frozenset[str] | None:
        """The signals that a look can bring; None where that is not known."""

    def doubts(self) -> Iterable[Doubt]:
        """What is written and hardly meant."""


def check_settings(
    source: YamlSource, kinds: Kinds
) -> tuple[dict[CheckPlace, CheckSettings], list[Problem]]:
    """Settings by connection id and place in its list of checks, and every problem in them."""
    settings: dict[CheckPlace, CheckSettings] = {}
    problems: list[Problem] = []
    root = source.root
    for connection, entry in root.get("connections").entries() if root else ():
        for place, check in enumerate(entry.node.get("checks").elements()):
            kind = check.get("kind")
            if kind.text in kinds:
                found, wrong = _of_check(source, kinds[kind.text], (connection, place), check)
                problems.extend(wrong)
                if found is not None:
                    settings[connection, place] = found
            elif kind.text and not kind.unreadable:
                problems.append(_unknown_kind(source.file, kind, kinds))
    return settings, problems


def _of_check(
    source: YamlSource, model: type[BaseModel], where: CheckPlace, check: Node
) -> tuple[CheckSettings | None, tuple[Problem, ...]]:
    connection, place = where
    # A kind's model refuses keys that it does not know, and those of every check are none of its.
    own = {key: entry.node.plain() for key, entry in check.entries() if key not in CHECK_KEYS}
    parsed, problems = validate(
        model,
        source,
        at=("connections", connection, "checks", place),
        value=own,
        also_known=CHECK_KEYS,
    )
    if not isinstance(parsed, OfKind):
        return None, problems
    open_to = set(model.model_fields) & {"signals", "perfdata"}
    wrong = _never_judged(source.file, check, parsed.gives(), open_to)
    return parsed, (*wrong, *_doubted(source.file, check, parsed.doubts()))


def _doubted(file: str, check: Node, doubts: Iterable[Doubt]) -> Iterator[Problem]:
    """What comes from a preset, as the kind does then, is not for whoever uses it to mend."""
    kind = check.get("kind")
    for doubt in doubts:
        found = doubted(file, check, doubt)
        if (found.line, found.column) != (kind.line, kind.column):
            yield found


def _never_judged(
    file: str, check: Node, given: frozenset[str] | None, open_to: Collection[str]
) -> Iterator[Problem]:
    """Whatever is judged by a signal that no look of the check can bring, which would be read as
    a failure at every look. `open_to` are the keys under which more can be taken."""
    if given is None:
        return
    add = f"say under '{min(open_to)}' where it stands; " if open_to else ""
    hint = f"{add}it gives {', '.join(sorted(given))}"
    for node, one_of in _judged(check):
        if set(one_of) <= _SIGNALS - given:
            names = " or ".join(f"'{name}'" for name in one_of)
            message = f"a check of kind '{check.get('kind').text}' like this never gives {names}"
            yield Problem(file=file, line=node.line, column=node.column, message=message, hint=hint)


def _judged(check: Node) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """The places that judge, each with the signals of which it needs one."""
    for rule in check.get("rules").elements():
        yield rule.get("signal"), (rule.get("signal").text,)
    volume, runs = check.get("volume"), check.get("runs")
    if volume.value is not None:
        named = volume.get("signal")
        yield (named, (named.text,)) if named.text else (volume, (Signal.PROCESSED,))
    if runs.value is not None:
        yield runs, (Signal.RUNNING_SINCE, Signal.LAST_ATTEMPT)


def _unknown_kind(file: str, kind: Node, kinds: Kinds) -> Problem:
    hint = did_you_mean(kind.text, kinds) or f"write one of {', '.join(sorted(kinds))}"
    name = "" if kind.secret else f" '{kind.text}'"
    message = f"unknown kind of check{name}"
    return Problem(file=file, line=kind.line, column=kind.column, message=message, hint=hint)


# Repetitions are bounded, so that a hostile text of any size costs time in proportion to it.
_SHAPES = {
    "an Authorization header": r"^(?:Bearer|Basic|Token)\s+(?-i:(?=\S*[0-9A-Z]))[^\s$]{8,}$",
    **TOKENS,
    "a private key": r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----",
    # `$` is left out of values: `${NAME}` is how a secret should be written.
    "a password in an address": r"\b[a-z][a-z0-9+.-]{0,20}://[^\s/@:]{0,200}:[^\s/@$]{1,200}@",
    "a token in an address": (
        r"[?&](?:access_token|api_?key|auth|key|password|sas|secret|sig|signature|token)=[^\s&$]{4}"
    ),
}
_LOOKS_LIKE = tuple((name, re.compile(shape, re.IGNORECASE)) for name, shape in _SHAPES.items())
_SECRET_KEY = re.compile(
    r"(?:.*[-_])?(?:authorization|bearer|cookie|passphrase|passwd|password|pwd|secret|token"
    r"|(?:api|access|account|auth|private|shared|subscription)[-_]?key)",
    re.IGNORECASE,
)
# What people write into the cells of their lists: beside a word for it, or as it is.
_IN_PROSE = {
    "a password or key": (
        r"(?<!\w)(?:pass(?:word|wd|wort|phrase)?|kennwort|wachtwoord|contrase[ñn]a|parola"
        r"|mot de passe|pwd|pw|pin|secret|geheimnis|(?:[a-z]{2,12}[ _-]?)?(?:token|key)|apikey)"
        r"(?:\s{0,3}(?:[:=]|->)\s{0,3}(?!(?:none|no|not|n/a|see|siehe|zie|in|is|the|tbd|unknown)\b)"
        r"[^\s$]{3}|\s{1,3}(?:is|ist|lautet)\s{1,3}(?=\S{0,80}\d)\S{4})"
    ),
    "a password": (
        r"(?<!\S)(?-i:(?=\S{0,60}[a-z])(?=\S{0,60}[A-Z]))(?=\S{0,60}\d)(?=\S{0,60}[!$%^*?~])"
        r"[^\s/@:\\'\"(){}<>|,;]{8,60}(?!\S)"
    ),
    "a key": (
        r"(?<![\w-])(?:[0-9a-f]{32,200}"
        # Random letters, in which no two words stand as they do in a long name.
        r"|(?-i:(?=[^a-z]{0,60}[a-z])(?=[^A-Z]{0,60}[A-Z])(?=(?:\D{0,60}\d){2})"
        r"(?!(?:[A-Za-z0-9+/]{0,60}?[a-z]{5}){2}))"
        r"[A-Za-z0-9+/]{32,400}={0,2})(?![\w-])"
    ),
}
_IN_CELLS = (
    *_LOOKS_LIKE,
    *((name, re.compile(shape, re.IGNORECASE)) for name, shape in _IN_PROSE.items()),
)


def secret_in(cell: str) -> str:
    """What kind of secret stands in a text that people wrote; empty when none does. Hiding too
    much is the smaller mistake."""
    return next((name for name, shape in _IN_CELLS if shape.search(cell)), "")


def inline_secrets(root: Node) -> Iterator[tuple[Node, str]]:
    """Every literal secret with what it looks like, e.g. `a Stripe key`."""
    yield from ((node, name) for _, node in root.walk() if (name := shape_of(node.raw)))
    for _, person in root.get("people").entries():
        for way in person.node.get("fallback").elements():
            # A webhook or a bot's token is all an Apprise address is: whoever has it can send.
            if _literal(way):
                yield way, "an address that gives access to a service"
    for _, connection in root.get("connections").entries():
        for check in connection.node.get("checks").elements():
            for key, node in check.walk():
                if _SECRET_KEY.fullmatch(key) and _literal(node):
                    yield node, f"a secret under '{key}'"


def _literal(node: Node) -> bool:
    """Whether a value was written into the file, and does not look like a known kind of secret."""
    return bool(node.raw) and "${" not in node.raw and not shape_of(node.raw)


def shape_of(raw: str) -> str:
    """What kind of secret a text looks like; empty when it looks like none."""
    return next((name for name, shape in _LOOKS_LIKE if shape.search(raw)), "")


def kept_secret(root: Node) -> frozenset[Secret]:
    """The values from outside that are secrets of the whole estate, those that the bot uses and
    never shows: in settings of checks, webhooks, addresses of calendars and ways to reach people.
    What stands under names and other words is there to be shown."""
    # Not all that comes from outside: a host or a name by ${…} is shown on cards.
    used = [root.get("webhooks"), root.get("self_check")]
    used += [calendar.get("url") for calendar in root.get("calendars").elements()]
    used += [entry.node.get("fallback") for _, entry in root.get("people").entries()]
    used += [entry.node.get("checks") for _, entry in root.get("connections").entries()]
    held = (node.value for part in used for _, node in part.walk())
    return frozenset(value for value in held if isinstance(value, Secret))
