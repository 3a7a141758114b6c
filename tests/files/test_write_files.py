"""What commands write, and what they leave alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import main
from bot.cli.commands import COMMANDS, Subcommand
from bot.files.library import write_file
from bot.files.triage.playbooks import exported_here, playbook_text
from bot.language.errors import Invalid


def everything(commands: tuple[Subcommand, ...] = COMMANDS) -> Iterator[Subcommand]:
    for command in commands:
        yield command
        yield from everything(command.actions)


def test_every_command_that_writes_a_file_can_be_told_to_write_over_one() -> None:
    names = {
        one.name: {name for arg in one.arguments for name in arg.names} for one in everything()
    }
    writers = {name for name, options in names.items() if "--out" in options}

    assert writers == {name for name, options in names.items() if "--force" in options}
    assert writers


def test_a_file_is_written_over_when_it_is_ones_own_or_when_told_to(tmp_path: Path) -> None:
    out = tmp_path / "learned.yaml"
    text = playbook_text(()).encode()
    for _ in range(2):
        write_file(out, text, force=False, ours=exported_here)
    out.write_text("entries: [mine]\n")

    with pytest.raises(Invalid, match="already there: choose another name, or add --force"):
        write_file(out, text, force=False, ours=exported_here)

    assert out.read_text() == "entries: [mine]\n"
    write_file(out, text, force=True, ours=exported_here)
    assert out.read_bytes() == text


@pytest.mark.parametrize("options", [[], ["--fresh"]])
def test_a_demo_leaves_the_folder_of_a_bot_alone(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = tmp_path / "firstlane.sqlite3"
    database.write_bytes(b"of a bot")

    assert main(["demo", "--headless", "--state", str(tmp_path), *options]) == 2
    assert "the folder of a bot" in capsys.readouterr().err
    assert database.read_bytes() == b"of a bot"
