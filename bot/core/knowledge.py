"""What the files say, in one value."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.estate.catalogue import Catalogue
from bot.core.estate.index import Index
from bot.core.people.permissions import AS_IT_COMES, Access
from bot.core.runbooks.runbook import Runbook
from bot.core.triage.playbook import Playbook


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything that files say: the estate, the runbooks and the playbook entries."""

    catalogue: Catalogue
    runbooks: Mapping[str, Runbook]
    playbook: Playbook
    index: Index  # of the catalogue's words, for questions
    access: Access = AS_IT_COMES  # what those may do whom nobody named; of the settings
