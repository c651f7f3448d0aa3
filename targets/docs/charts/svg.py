"""SVG as text: the only way that anything enters a drawing. Colours and type are those of the page around it."""

from __future__ import annotations

from html import escape

Attribute = str | float


def number(value: float) -> str:
    """A length, to a tenth."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")


def element(name: str, content: str = "", **attributes: Attribute) -> str:
    """An element with content that is SVG already; `class_` and `text_anchor` stand for names that Python has not."""
    parts = "".join(
        f' {key.strip("_").replace("_", "-")}="{escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value != ""
    )
    return f"<{name}{parts}>{content}</{name}>" if content else f"<{name}{parts}/>"


def label(text: str, x: float, y: float, class_: str = "", anchor: str = "start") -> str:
    """A line of text whose base is at `y`; nothing where there is none."""
    if not text:
        return ""
    more: dict[str, Attribute] = {"class_": class_} if class_ else {}
    more |= {"text_anchor": anchor} if anchor != "start" else {}
    return element("text", escape(text, quote=False), x=x, y=y, **more)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def path(points: list[tuple[float, float]], class_: str) -> str:
    """Lines from point to point."""
    return element("path", d="M" + "L".join(f"{number(x)} {number(y)}" for x, y in points), class_=class_)


def drawing(name: str, title: str, said: str, width: float, height: float, body: str) -> str:
    """A whole drawing: `title` and `said` are read to those who do not see it; `name` is its own on the page."""
    told = f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(said)}</desc>'
    return element(
        "svg",
        told + body,
        class_="chart",
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
    )
