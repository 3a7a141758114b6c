"""Whether a name is that of one person, who can be woken up, or of a team, which cannot."""

import re

_TEAM_WORDS = frozenset(
    {"all", "crew", "department", "dept", "desk", "everyone", "group", "helpdesk"}
    | {"servicedesk", "squad", "staff", "support", "team"}
)


def is_team(name: str) -> bool:
    """Whether the last word of a name, or of an id, is one that teams are called by."""
    words = re.findall(r"[a-z]+", name.casefold())
    return bool(words) and words[-1] in _TEAM_WORDS
