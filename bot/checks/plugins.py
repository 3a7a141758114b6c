"""Kinds of check that other packages bring, by the entry point group `firstlane.probes`.

An entry point names a `ProbeKind`. One that cannot be loaded, or that takes the name of another
kind, is left out with a line in the log: it must not keep Firstlane from watching the rest.
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points

from bot.checks.probe import ProbeKind, ProbeSettings

GROUP = "firstlane.probes"

_log = logging.getLogger(__name__)


def installed() -> Iterable[EntryPoint]:
    """The entry points of the packages that are installed beside us."""
    return entry_points(group=GROUP)


def plugin_kinds(found: Iterable[EntryPoint], taken: Collection[str]) -> Mapping[str, ProbeKind]:
    """The kinds behind `found` whose names are not `taken`."""
    kinds: dict[str, ProbeKind] = {}
    for entry in found:
        if entry.name in taken or entry.name in kinds:
            _log.error("probe_plugin %s of %s left out: name taken", entry.name, entry.value)
            continue
        try:
            kind = entry.load()
        except Exception:
            _log.exception("probe_plugin %s of %s cannot be loaded", entry.name, entry.value)
            continue
        if isinstance(kind, ProbeKind) and issubclass(kind.settings, ProbeSettings):
            kinds[entry.name] = kind
        else:
            _log.error("probe_plugin %s of %s is not a ProbeKind", entry.name, entry.value)
    return kinds
