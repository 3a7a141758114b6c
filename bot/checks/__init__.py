"""The only place that talks to the watched systems. One file per probe kind, two lines here.

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


_MODULES = {
    "http": "bot.checks.probes.http",
    "heartbeat": "bot.checks.probes.heartbeat",
    "tls": "bot.checks.probes.tls",
    "credential": "bot.checks.probes.credential",
    "sql": "bot.checks.probes.sql",
    "sftp": "bot.checks.probes.sftp",
    "tcp": "bot.checks.probes.tcp",
    "dns": "bot.checks.probes.dns",
    "statuspage": "bot.checks.probes.statuspage",
    "nagios": "bot.checks.probes.nagios",
    "webhook": "bot.checks.probes.webhook",
    "reconcile": "bot.checks.probes.reconcile",
}
# What a kind may be told is often known without the code that goes out and looks.
_SETTINGS = {
    "http": "bot.checks.http.settings:HttpSettings",
    "heartbeat": "bot.checks.probes.heartbeat:HeartbeatSettings",
    "tls": "bot.checks.probes.tls:TlsSettings",
    "credential": "bot.checks.probes.credential:CredentialSettings",
    "sql": "bot.checks.probes.sql:SqlSettings",
    "sftp": "bot.checks.probes.sftp_settings:SftpSettings",
    "tcp": "bot.checks.probes.tcp:TcpSettings",
    "dns": "bot.checks.probes.dns:DnsSettings",
    "statuspage": "bot.checks.probes.statuspage:StatuspageSettings",
    "nagios": "bot.checks.probes.nagios:NagiosSettings",
    "webhook": "bot.checks.probes.webhook:WebhookSettings",
}

_NEEDS = {
    "sql": ("bot.checks.probes.sql_session",),
    "sftp": ("bot.checks.probes.sftp_session",),
    "dns": ("dns.asyncresolver", "dns.exception"),
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

    module = import_module(_MODULES[name])
    if name == "reconcile":
        found: ProbeKind = module.reconcile(PROBES)
        return found
    return ProbeKind(_settings(name), module.probe, _NEEDS.get(name, ()))


def _settings(name: str) -> "type[ProbeSettings]":
    if name not in _SETTINGS:
        return PROBES[name].settings
    module, _, model = _SETTINGS[name].partition(":")
    found: type[ProbeSettings] = getattr(import_module(module), model)
    return found


@cache
def _plugins() -> "Mapping[str, ProbeKind]":
    from bot.checks.plugins import installed, plugin_kinds

    return plugin_kinds(installed(), _MODULES)


def _plugin_settings() -> "Mapping[str, type[BaseModel]]":
    return {name: kind.settings for name, kind in _plugins().items()}


PROBES: "Mapping[str, ProbeKind]" = _Lazy(tuple(_MODULES), _kind)
_ALL: "Mapping[str, ProbeKind]" = _Lazy(tuple(_MODULES), PROBES.__getitem__, _plugins)
_ALL_SETTINGS: "Mapping[str, type[BaseModel]]" = _Lazy(tuple(_MODULES), _settings, _plugin_settings)


def with_plugins() -> "Mapping[str, ProbeKind]":
    """All kinds: our own, and those of other packages, which are loaded when a name is not ours."""
    return _ALL


def settings_models() -> "Mapping[str, type[BaseModel]]":
    """Probe kind to the model of its settings, for whoever reads them from a file."""
    return _ALL_SETTINGS
