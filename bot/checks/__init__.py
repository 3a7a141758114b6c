"""The only place that talks to the watched systems. One file per probe kind, one line here."""

from collections.abc import Mapping
from functools import cache

from pydantic import BaseModel

from bot.checks import (
    credential,
    dns,
    heartbeat,
    http,
    http_settings,
    nagios,
    reconcile,
    sftp,
    sftp_settings,
    sql,
    statuspage,
    tcp,
    tls,
    webhook,
)
from bot.checks.plugins import installed, plugin_kinds
from bot.checks.probing import ProbeKind

_KINDS: dict[str, ProbeKind] = {
    "http": ProbeKind(http_settings.Settings, http.probe),
    "heartbeat": ProbeKind(heartbeat.Settings, heartbeat.probe),
    "tls": ProbeKind(tls.Settings, tls.probe),
    "credential": ProbeKind(credential.Settings, credential.probe),
    "sql": ProbeKind(sql.Settings, sql.probe),
    "sftp": ProbeKind(sftp_settings.Settings, sftp.probe),
    "tcp": ProbeKind(tcp.Settings, tcp.probe),
    "dns": ProbeKind(dns.Settings, dns.probe),
    "statuspage": ProbeKind(statuspage.Settings, statuspage.probe),
    "nagios": ProbeKind(nagios.Settings, nagios.probe),
    "webhook": ProbeKind(webhook.Settings, webhook.probe),
}
_KINDS["reconcile"] = reconcile.reconcile(_KINDS)
PROBES: Mapping[str, ProbeKind] = _KINDS


@cache
def with_plugins() -> Mapping[str, ProbeKind]:
    """All kinds: our own, and those of other packages, which are loaded at the first call."""
    return {**PROBES, **plugin_kinds(installed(), PROBES)}


def settings_models() -> Mapping[str, type[BaseModel]]:
    """Probe kind to the model of its settings, for whoever reads them from a file."""
    return {name: kind.settings for name, kind in with_plugins().items()}
