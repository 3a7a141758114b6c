"""`${NAME}`, `${NAME:-default}` and `${file:/path}` in a text, taken from outside the file.

What comes from outside is a `Secret` and stays out of every message; `$${` writes a plain `${`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.language.redaction import Secret

_PLACE = re.compile(r"\$\$\{|\$\{([^{}]*)\}|\$\{")
_NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", re.DOTALL)
_FILE = "file:"
_LARGEST_SECRET = 65_536  # bytes


class Unresolved(Exception):
    """The message names the variable or file that is missing, never a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Where values come from: the environment, and the folder that relative paths start from."""

    environ: Mapping[str, str]
    folder: Path


def substitute(text: str, outside: Outside) -> str:
    """`text` with every place filled. Raises Unresolved at the first that cannot be."""
    if "${" not in text:
        return text
    parts: list[str] = []
    taken: list[str] = []
    end = 0
    for place in _PLACE.finditer(text):
        parts.append(text[end : place.start()])
        end = place.end()
        value = "${" if place.group() == "$${" else _value(place.group(1), outside)
        # A Secret's own str() is ***, so the characters are taken out before joining.
        parts.append(value.reveal() if isinstance(value, Secret) else value)
        if isinstance(value, Secret):
            taken.append(value.reveal())
    parts.append(text[end:])
    whole = "".join(parts)
    return Secret(whole, taken) if taken else whole


def _value(inner: str | None, outside: Outside) -> str:
    if inner is None:
        raise Unresolved("'${' is never closed; write $${ for a plain ${")
    if inner.startswith(_FILE):
        return _from_file(inner.removeprefix(_FILE).strip(), outside.folder)
    named = _NAME.fullmatch(inner)
    if named is None:
        raise Unresolved("cannot read '${…}'; write ${NAME}, ${NAME:-default} or ${file:/path}")
    name, default = named.groups()
    value = outside.environ.get(name)
    if default is not None:
        # An empty variable counts as unset, as `:-` does in a shell.
        return Secret(value) if value else default
    if value is None:
        raise Unresolved(f"environment variable {name} is not set")
    return Secret(value)


def _from_file(name: str, folder: Path) -> Secret:
    try:
        with (folder / name).open("rb") as source:
            # Bounded: the name may be that of a device or of a log.
            raw = source.read(_LARGEST_SECRET + 1)
        if len(raw) > _LARGEST_SECRET:
            raise Unresolved(f"secret file {name} is larger than 64 kB")
        # Editors end a file with a line break, which is no part of a password.
        return Secret(raw.decode("utf-8-sig").rstrip("\r\n"))
    except (OSError, ValueError) as error:
        why = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else "cannot be read"
        raise Unresolved(f"secret file {name} {why}") from None
