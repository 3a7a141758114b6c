"""What the files say, in one value."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from bot.core.estate.catalogue import Catalogue
from bot.core.estate.index import Index
from bot.core.people.permissions import AS_IT_COMES, Access
from bot.core.runbooks.runbook import Runbook
from bot.core.triage.playbook import Playbook


@dataclass(frozen=True, kw_only=True)  # without slots, for what is worked out once
class Knowledge:
    """Everything that files say: the estate, the runbooks and the playbook entries."""

    catalogue: Catalogue
    runbooks: Mapping[str, Runbook]
    playbook: Playbook
    index: Index  # of the catalogue's words, for questions
    access: Access = AS_IT_COMES  # what those may do whom nobody named; of the settings

    @cached_property
    def steps_mark(self) -> str:
        """Another one when a runbook, or what its steps call, is another."""
        resends = [hook.id for hook in self.catalogue.webhooks.values() if hook.resends]
        return sha256(repr((self.runbooks, resends)).encode()).hexdigest()[:16]
