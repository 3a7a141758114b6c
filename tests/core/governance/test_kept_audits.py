"""What an audit finds, in whose name, in what order and in which words stays as it was."""

from tests.core.governance.audit_texts import KEPT, written


def test_audits_read_as_they_were_written_down() -> None:
    assert written().splitlines() == KEPT.read_text(encoding="utf-8").splitlines()
