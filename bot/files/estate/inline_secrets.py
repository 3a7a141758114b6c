"""The secrets of an estate file. What somebody wrote into the file itself has to move out before
it leaks; what comes from outside is kept out of everything that is shown.

Two signs of a written one: a value that looks like a known kind of secret, anywhere; and any
literal value under a key such as `password`, inside the settings of a check. The value itself is
never repeated.
"""

import re
from collections.abc import Iterator

from bot.files.yaml_nodes import Node
from bot.language.redaction import TOKENS
from bot.language.secret import Secret

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
