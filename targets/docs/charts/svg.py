"""SVG as text; everything in a chart is written by these functions. Colors and fonts come from the page around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

Attribute = str | float


def number(value: float) -> str:
    """A length, rounded to a tenth."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")


def element(name: str, content: str = "", **attributes: Attribute) -> str:
    """An element; `content` is SVG already. `class_` and `text_anchor` stand for names that Python does not allow."""
    parts = "".join(
        f' {key.strip("_").replace("_", "-")}="{escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value != ""
    )
    return f"<{name}{parts}>{content}</{name}>" if content else f"<{name}{parts}/>"


def label(text: str, x: float, y: float, class_: str = "", anchor: str = "start") -> str:
    """A line of text with its baseline at `y`; "" for an empty text."""
    if not text:
        return ""
    more: dict[str, Attribute] = {"class_": class_} if class_ else {}
    more |= {"text_anchor": anchor} if anchor != "start" else {}
    return element("text", escape(text, quote=False), x=x, y=y, **more)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def path(points: list[tuple[float, float]], class_: str) -> str:
    """A line through points."""
    return element("path", d="M" + "L".join(f"{number(x)} {number(y)}" for x, y in points), class_=class_)


def area(outlines: Iterable[Sequence[tuple[float, float]]], class_: str) -> str:
    """The area inside of any of the outlines, all drawn in the same direction."""
    d = "".join("M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z" for points in outlines)
    return element("path", d=d, class_=class_) if d else ""


def drawing(name: str, title: str, description: str, width: float, height: float, body: str) -> str:
    """A whole chart. Screen readers read `title` and `description`; `name` is unique on the page."""
    about = f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
    return element(
        "svg",
        about + body,
        class_="chart",
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
    )
