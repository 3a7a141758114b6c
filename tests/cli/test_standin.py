"""Who is in the local Slack: a list of members, or the people of an estate file."""

from pathlib import Path

import pytest

from bot.cli.standin import members_of
from bot.language.errors import Invalid
from slack_standin.server import Member

ESTATE = """\
version: 1
people:
  erp-admin: {name: ERP admin, email: erp-admin@example.com, title: Admin, manager: boss}
  boss: {name: Boss, slack: U0BOSS}
systems: {}
"""


def test_the_people_of_an_estate_file_are_the_members(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").write_text(ESTATE)

    assert members_of(tmp_path / "estate.yaml") == (
        Member(
            name="erp-admin", real_name="ERP admin", email="erp-admin@example.com", title="Admin"
        ),
        Member(name="boss", real_name="Boss", id="U0BOSS"),
    )


@pytest.mark.parametrize(
    "text", ["version: 1", "just words", "- {name: ann}", "people: [ann]", "- ann"]
)
def test_anything_else_is_refused_with_what_is_expected(tmp_path: Path, text: str) -> None:
    (tmp_path / "members.yaml").write_text(text)

    with pytest.raises(Invalid, match=r"members.yaml: (a list of members|each member)"):
        members_of(tmp_path / "members.yaml")
