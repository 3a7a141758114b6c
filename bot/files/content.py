"""Finds the content that ships with Firstlane: beside the code in a wheel, else the repository."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def _content() -> Path:
    shipped = _PACKAGE / "content"
    return shipped if shipped.is_dir() else _PACKAGE.parent


def example_catalogue() -> Path:
    """The example estate, which the demo runs."""
    return _content() / "connections.yaml"


def presets_dir() -> Path:
    """The folder of presets, which lie beside the probes they are for."""
    return _PACKAGE / "checks" / "presets"


def runbooks_dir() -> Path:
    """The folder of runbooks; playbooks are in its folder `playbooks`."""
    return _content() / "runbooks"


def manifest_path() -> Path:
    """The manifest of our own Slack app."""
    return _PACKAGE / "slack" / "manifest.yaml"
