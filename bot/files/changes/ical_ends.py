"""Whether everything that a calendar's text begins also ends in it, and where it does not."""


def incomplete(text: str) -> str | None:
    """What has no end, and whether the text stops before it could have one; None when every
    beginning has its end."""
    begun: list[tuple[str, int]] = []
    lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    for at, line in lines:
        said, _, name = (part.strip().upper() for part in line.partition(":"))
        if said == "BEGIN":
            begun.append((name, at))
        elif said == "END" and begun:
            if begun[-1][0] == name:
                begun.pop()
            elif at < lines[-1][0] or not begun[-1][0].startswith(name):
                return _without_end(*begun[-1])
    if not begun:
        return None
    cut = f"it is cut off at line {lines[-1][0]}"
    return f"{cut}: {_without_end(*begun[-1])}; get the whole file again"


def _without_end(name: str, at: int) -> str:
    return f"BEGIN:{name[:40]} in line {at} has no END:{name[:40]}"
