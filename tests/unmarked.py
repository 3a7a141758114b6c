"""No mark of ours for a time or a person may be read by anybody: neither as it is, nor as what is
left of it once it was made harmless, escaped or cut."""

import json
import re
from typing import Any

_RAW = re.compile(r"(?:‹|<|&lt;)[tp]:[\w+.:-]|\b[tp]:[\w+.:-]{1,60}›")
# Somebody who gives a connection such a name sees that name.
FORGED = "‹p:alice›"
_FORGED = re.compile(r"(?:‹|<|&lt;)p:alice(?:›|>|&gt;) (?:&|&amp;) Co")


def raw_marks(shown: Any) -> list[str]:
    """What stands around every raw mark in a text, or in anything made of texts, but for the name
    that was forged."""
    text = shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False, default=str)
    text = _FORGED.sub("", text)
    return [text[max(0, hit.start() - 60) : hit.end() + 60] for hit in _RAW.finditer(text)]
