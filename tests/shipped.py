"""What ships beside the code, read once for every test that needs it."""

from functools import cache
from pathlib import Path

from bot.core.triage.playbook import Playbook
from bot.files.triage.compiled import known_playbook

CONTENT = Path(__file__).parents[1] / "runbooks"
PLAYBOOKS = CONTENT / "playbooks"


@cache
def shipped_playbook() -> Playbook:
    playbook, _ = known_playbook(PLAYBOOKS, None, None)
    return playbook
