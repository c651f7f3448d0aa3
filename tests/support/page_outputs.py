"""The text of the `output` blocks of the pages: what the compiler prints and writes now.

The word before the `=` names the output. It belongs to the last program above it on the page.

- `rules=NAME,…`: the first rule of each name; alerts without their texts
- `show=SLO`: what `sloc show` prints of an SLO
- `check=OLD -> NEW`: what `sloc check` prints after this replacement
- `diff=OLD -> NEW`: what `sloc diff` prints of this replacement
- `import=FILE`: the `.slo` files that `sloc import` writes for a file of another tool on the page
- `alert=CASE`: a page as a real Prometheus rendered it for `examples/checkout.slo`; `test_alert_texts` has the cases
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from slocompiler.formats import text as diagnostic_text
from slocompiler.importers import imported
from slocompiler.importers.promise import Options
from slocompiler.source import Source
from slocompiler.targets import render
from slocompiler.targets.shared import Options as TargetOptions
from support.command import sloc
from support.compile import ROOT
from support.pages import BLOCK, Block, Page, page

ARROW = " -> "


def filled(path: Path) -> str:
    """The page with its current outputs."""
    found = page(path)

    def fill(match: re.Match[str]) -> str:
        if match[1] != "output":
            return match[0]
        kind, _, argument = match[2].partition("=")
        return f"```output {match[2]}\n{OUTPUTS[kind](found, found.above(match.start()), argument)}```"

    return BLOCK.sub(fill, found.text)


def _rules(on: Page, block: Block, names: str) -> str:
    program, _ = on.compile(block)
    assert program
    (text,) = render(program, "prometheus", TargetOptions()).values()
    parts = re.findall(r"^  - (?:record|alert): .*?(?=^  - |^- |\Z)", text, re.MULTILINE | re.DOTALL)
    named = {part.splitlines()[0].split(": ")[1]: part for part in reversed(parts)}
    return "".join(named[name].partition("    annotations:")[0] for name in names.split(","))


def _show(on: Page, block: Block, slo: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        name = _write(Path(folder), on, block, block.text)
        answer = sloc(Path(folder), "show", name)
    assert answer.code == 0, answer
    return next(part for part in answer.out.split("\n\n") if part.startswith(slo)).rstrip() + "\n"


def _check(on: Page, block: Block, change: str) -> str:
    _, problems = on.compile(block, _changed(block.text, change))
    return "\n\n".join(diagnostic_text.render(problem) for problem in problems) + "\n"


def _diff(on: Page, block: Block, change: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        for side, text in (("before", block.text), ("after", _changed(block.text, change))):
            _write(Path(folder) / side, on, block, text)
        answer = sloc(Path(folder), "diff", "before", "after")
    assert answer.code == 0, answer
    return answer.out


def _alert(on: Page, block: Block, case: str) -> str:
    """The summary and the description of the page."""
    del on, block
    shown = (ROOT / "tests" / "golden" / "alerts" / f"{case}.txt").read_text(encoding="utf-8")
    alert = re.search(r"^SLOBurn \(page\)\n(.*?)(?=^\S|\Z)", shown, re.MULTILINE | re.DOTALL)
    assert alert
    parts = {
        name: re.search(rf"^  {name}:\n((?:    .*\n)+)", alert[1], re.MULTILINE) for name in ("summary", "description")
    }
    texts = [re.sub(r"^    ", "", part[1], flags=re.MULTILINE) for part in parts.values() if part]
    return "\n".join(texts)


def _import(on: Page, block: Block, file: str) -> str:
    del block
    (text,) = [one.text for one in on.blocks if one.file == file]
    return "\n".join(imported([Source(file, text)], Options(owner="storefront")).files.values())


def _changed(text: str, change: str) -> str:
    old, new = change.split(ARROW)
    assert text.count(old) == 1, f"`{old}` has to be unique"
    return text.replace(old, new)


def _write(folder: Path, on: Page, block: Block, text: str) -> str:
    """Write the program, and the `.slo` files above it, into the folder; returns the name of the program."""
    name = block.file or "shop.slo"
    shown = {path: source.text for path, source in on.files(block.start).items() if path.endswith(".slo")}
    folder.mkdir(exist_ok=True)
    for path, content in {**shown, name: text}.items():
        (folder / path).write_text(content, encoding="utf-8")
    return name


OUTPUTS: dict[str, Callable[[Page, Block, str], str]] = {
    "rules": _rules,
    "show": _show,
    "check": _check,
    "diff": _diff,
    "import": _import,
    "alert": _alert,
}
