"""The only place that talks to the watched systems. One file per probe kind, one line here.

Importing this package gives names only: the code of a kind is loaded when somebody asks for it,
and other packages are looked at when a kind is none of ours.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pydantic import BaseModel

    from bot.checks.probe import ProbeKind as ProbeKind
    from bot.checks.probe import ProbeSettings as ProbeSettings
    from bot.checks.probe import Tools as Tools
    from bot.core.estate.check_spec import CheckSpec as CheckSpec
    from bot.core.monitoring.signals import Blind as Blind
    from bot.core.monitoring.signals import Cause as Cause
    from bot.core.monitoring.signals import Observation as Observation
    from bot.core.monitoring.signals import Reading as Reading
    from bot.core.monitoring.signals import Signal as Signal

T = TypeVar("T")

# What a kind of another package is written with; see docs/checks.md.
FOR_PLUGINS = {
    **dict.fromkeys(("ProbeKind", "ProbeSettings", "Tools"), "bot.checks.probe"),
    "CheckSpec": "bot.core.estate.check_spec",
    **dict.fromkeys(
        ("Blind", "Cause", "Observation", "Reading", "Signal"), "bot.core.monitoring.signals"
    ),
}


def __getattr__(name: str) -> Any:
    if name in FOR_PLUGINS:
        return getattr(import_module(FOR_PLUGINS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# Kind to its settings, which are often known without the code that goes out and looks: that is
# `bot.checks.probes.<kind>`, loaded before the first look of the kind begins.
_SETTINGS = {
    "http": "http.settings:HttpSettings",
    "heartbeat": "probes.heartbeat:HeartbeatSettings",
    "tls": "probes.tls:TlsSettings",
    "credential": "probes.credential:CredentialSettings",
    "sql": "probes.sql_settings:SqlSettings",
    "sftp": "probes.sftp_settings:SftpSettings",
    "tcp": "probes.tcp:TcpSettings",
    "dns": "probes.dns:DnsSettings",
    "statuspage": "probes.statuspage:StatuspageSettings",
    "nagios": "probes.nagios:NagiosSettings",
    "webhook": "probes.webhook:WebhookSettings",
    "reconcile": "probes.reconcile:ReconcileSettings",
}


class _Lazy(Mapping[str, T]):
    """Names that are known at once, and values that are made when they are asked for. `more`
    gives further ones, and is called when a name is none of `names` or all are listed."""

    def __init__(
        self,
        names: tuple[str, ...],
        make: Callable[[str], T],
        more: Callable[[], Mapping[str, T]] = dict,
    ) -> None:
        self._names, self._make, self._more = names, make, more
        self._made: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._names:
            return self._more()[name]
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names or name in self._more()

    def __iter__(self) -> Iterator[str]:
        yield from self._names
        yield from self._more()

    def __len__(self) -> int:
        return len(self._names) + len(self._more())


def _kind(name: str) -> "ProbeKind":
    from bot.checks.probe import ProbeKind

    return ProbeKind(_settings(name), import_module(f"bot.checks.probes.{name}").probe)


def _settings(name: str) -> "type[ProbeSettings]":
    module, _, model = _SETTINGS[name].partition(":")
    found: type[ProbeSettings] = getattr(import_module(f"bot.checks.{module}"), model)
    return found


@cache
def _plugins() -> "Mapping[str, ProbeKind]":
    from bot.checks.plugins import installed, plugin_kinds

    return plugin_kinds(installed(), _SETTINGS)


def _plugin_settings() -> "Mapping[str, type[BaseModel]]":
    return {name: kind.settings for name, kind in _plugins().items()}


PROBES: "Mapping[str, ProbeKind]" = _Lazy(tuple(_SETTINGS), _kind)
_ALL: "Mapping[str, ProbeKind]" = _Lazy(tuple(_SETTINGS), PROBES.__getitem__, _plugins)
_MODELS: "Mapping[str, type[BaseModel]]" = _Lazy(tuple(_SETTINGS), _settings, _plugin_settings)


def with_plugins() -> "Mapping[str, ProbeKind]":
    """All kinds: our own, and those of other packages, which are loaded when a name is not ours."""
    return _ALL


def settings_models() -> "Mapping[str, type[BaseModel]]":
    """Probe kind to the model of its settings, for whoever reads them from a file."""
    return _MODELS
