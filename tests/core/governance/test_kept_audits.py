"""What an audit finds, in whose name, in what order and in which words stays as it was."""

import re

from bot.core.governance.audit.lints import OF_ACCEPTANCES, OF_CONNECTION, OF_ESTATE, OF_RETIRED
from tests.core.governance.audit_texts import KEPT, written


def test_audits_read_as_they_were_written_down() -> None:
    assert written().splitlines() == KEPT.read_text(encoding="utf-8").splitlines()


def test_every_lint_found_something_that_was_written_down() -> None:
    kept = KEPT.read_text(encoding="utf-8")
    every = (*OF_CONNECTION, *OF_RETIRED, *OF_ESTATE, OF_ACCEPTANCES)

    silent = [one.id for one in every if not re.search(rf" {one.id}(-\S+)?/\S+ > ", kept)]

    assert silent == []
