"""By what Firstlane knows a handbook that it wrote itself, in each format."""

from bot.core.governance.handbook import INVENTORY_COLUMNS

MARK = "Firstlane handbook"
HTML_MARK = f'<meta name="generator" content="{MARK}">'
MARKDOWN_MARK = f"<!-- {MARK} -->"
_PDF_MARK = f"/Creator ({MARK})"
_TABLE_MARK = ",".join(INVENTORY_COLUMNS)
_HEAD = 300  # bytes of a page among which its mark stands


def written_here(raw: bytes) -> bool:
    """Whether a file is a handbook that Firstlane wrote."""
    if raw.startswith(b"%PDF-"):
        return _PDF_MARK.encode() in raw
    first = raw.partition(b"\n")[0].strip()
    said = (MARKDOWN_MARK.encode(), _TABLE_MARK.encode())
    return first in said or HTML_MARK.encode() in raw[:_HEAD]
