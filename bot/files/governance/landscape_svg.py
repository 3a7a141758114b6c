"""The landscape map as SVG: readable in light and dark, and without colour."""

from html import escape

from bot.core.estate.landscape import Arrow, Box, Map

_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2933}"
    ".label{font-size:11.5px}"
    "rect{fill:#eef3f9;stroke:#1f3a5f;stroke-width:1.5}"
    "line{stroke:#5b6b7c;stroke-width:1.5}"
    ".critical{stroke:#b42318;stroke-width:2.5}"
    ".unowned{stroke-dasharray:6 4}"
)


def svg(chart: Map) -> str:
    """One `<svg>` element with a title, for a page or a file."""
    height = chart.height + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {chart.width:g} {height:g}"'
        f' role="img" aria-label="Landscape of systems and connections">',
        f"<style>{_STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7"'
        ' markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#5b6b7c"/>'
        "</marker></defs>",
        # A white ground of its own: dark pages would show dark lines on dark.
        f'<rect x="0" y="0" width="{chart.width:g}" height="{height:g}"'
        ' style="fill:#fff;stroke:none"/>',
        *(_arrow(one) for one in chart.arrows),
        *(_box(one) for one in chart.boxes),
        f'<text class="label" x="20" y="{height - 12:g}">'
        "Thick red: critical. Dashed: a layer has no owner.</text>",
        "</svg>",
    ]
    return "\n".join(parts)


def short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _box(one: Box) -> str:
    x, y = one.x + one.w / 2, one.y + one.h / 2 + 4
    return (
        f'<rect x="{one.x:g}" y="{one.y:g}" width="{one.w:g}" height="{one.h:g}" rx="6"/>'
        f'<text x="{x:g}" y="{y:g}" text-anchor="middle">{escape(short(one.name, 26))}</text>'
    )


def _arrow(one: Arrow) -> str:
    classes = " ".join(
        name for name, on in (("critical", one.critical), ("unowned", one.unowned)) if on
    )
    back = ' marker-start="url(#tip)"' if one.both_ways else ""
    (x1, y1), (x2, y2) = one.start, one.end
    x, y = (x1 + x2) / 2, (y1 + y2) / 2 - 4
    return (
        f'<line class="{classes}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"'
        f' marker-end="url(#tip)"{back}><title>{escape(one.name)}</title></line>'
        f'<text class="label" x="{x:g}" y="{y:g}" text-anchor="middle">'
        f"{escape(short(one.name, 36))}</text>"
    )
