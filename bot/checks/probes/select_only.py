"""Whether a text is one SELECT and nothing else.

A net under the administrator's feet, not a wall: the login used for monitoring should have no
right to write. What the scan cannot follow for sure, it refuses.
"""

import re

_QUOTED = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]", re.DOTALL
)
_DOUBTFUL = re.compile(r"\\'|/\*(?:(?!\*/).)*/\*|\$\w*\$", re.DOTALL)
_WRITING = re.compile(
    r"\b(insert|update|delete|merge|upsert|drop|alter|create|truncate|grant|revoke|call|exec"
    r"|execute|into|copy|vacuum|attach|detach|pragma|set|lock|do|load_file|pg_read_file"
    r"|xp_cmdshell|openrowset|dblink)\b",
    re.IGNORECASE,
)


def require_select(text: str) -> str:
    """`text` without a closing semicolon. Raises ValueError when it is not one SELECT."""
    if _DOUBTFUL.search(text):
        raise ValueError("write the query without escaped quotes, nested comments and $$ quotes")
    bare = _QUOTED.sub(" ", text).strip().removesuffix(";").strip()
    if re.match(r"(select|with)\b", bare, re.IGNORECASE) is None:
        raise ValueError("a query begins with SELECT or WITH")
    if ";" in bare:
        raise ValueError("a query is one statement")
    if any(quote in bare for quote in ("'", '"', "`", "/*")):
        raise ValueError("a quote or comment is never closed")
    word = _WRITING.search(bare)
    if word:
        raise ValueError(f"a query only reads; it may not say {word.group(1).upper()}")
    stripped = text.strip()
    return stripped.removesuffix(";").rstrip()
