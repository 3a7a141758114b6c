"""Finds the content that ships with Firstlane: beside the code in a wheel, else the repository.

The YAML files of a folder, found but not read.
"""

from pathlib import Path

from bot.files.problems import Problem

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


def yaml_files(directory: Path) -> tuple[list[Path], list[Problem]]:
    """The YAML files directly in a folder, by name. A folder that is not there is a problem."""
    if not directory.is_dir():
        message = "the folder is not there"
        return [], [Problem(file=directory.name, line=0, column=0, message=message)]
    found = (path for path in directory.iterdir() if path.suffix in (".yaml", ".yml"))
    # By stem: `sql.yaml` comes before `sql-codes.yaml`, which adds to it.
    return sorted(found, key=lambda path: (path.stem, path.suffix)), []
