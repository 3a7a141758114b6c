"""The YAML files of a folder, found but not read."""

from pathlib import Path

from bot.files.problems import Problem


def yaml_files(directory: Path) -> tuple[list[Path], list[Problem]]:
    """The YAML files directly in a folder, by name. A folder that is not there is a problem."""
    if not directory.is_dir():
        message = "the folder is not there"
        return [], [Problem(file=directory.name, line=0, column=0, message=message)]
    found = (path for path in directory.iterdir() if path.suffix in (".yaml", ".yml"))
    # By stem: `sql.yaml` comes before `sql-codes.yaml`, which adds to it.
    return sorted(found, key=lambda path: (path.stem, path.suffix)), []
