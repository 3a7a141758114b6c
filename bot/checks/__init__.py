"""The only place that talks to the watched systems. One file per probe kind, one line here."""

from collections.abc import Mapping

from pydantic import BaseModel

from bot.checks import credential, heartbeat, http, http_settings, tls
from bot.checks.probing import ProbeKind

PROBES: Mapping[str, ProbeKind] = {
    "http": ProbeKind(http_settings.Settings, http.probe),
    "heartbeat": ProbeKind(heartbeat.Settings, heartbeat.probe),
    "tls": ProbeKind(tls.Settings, tls.probe),
    "credential": ProbeKind(credential.Settings, credential.probe),
}


def settings_models() -> Mapping[str, type[BaseModel]]:
    """Probe kind to the model of its settings, for whoever reads them from a file."""
    return {name: kind.settings for name, kind in PROBES.items()}
