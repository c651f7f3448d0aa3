"""Programs for the target `openslo`, and what `sloc import` makes of its documents."""

from __future__ import annotations

from slocompiler import ir
from slocompiler.compiler import analyse
from slocompiler.importers import imported
from slocompiler.importers.promise import Options as ImportOptions
from slocompiler.importers.report import Import
from slocompiler.ir import Program
from slocompiler.project import Project
from slocompiler.record import replace
from slocompiler.source import Source
from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support import shapes
from support.compile import EXAMPLES, compile_files, compile_text
from support.generated import programs
from support.shapes import SHAPES, slo

NEW = Project(server="3.0")
"""A project whose servers have native histograms."""
GENERATED = 30
"""Programs made at random."""
HOSTILE = f"""service odd- "a: b # c {"x" * 80}" {{
  owner "a: {{b}} \\"c\\" \\\\ | '#'\\tÄ"
  risk "d: $${{e}}" every 30d lasting 5m hitting 50%
  feedback 2026-10-14 "f: # $${{e}}\\n"
  slo {"a" * 63} "- [x $${{y}}" 99% over 1w2d3h {{
    events x_total{{job="y"}} bad {{c="\\t"}} per b because "null" labels {{ on = "yes", _x = "1" }}
  }}
}}
"""


def every() -> dict[str, Program]:
    """Programs by name: the examples, those of generated texts, one with all shapes, and a hostile one."""
    found = {path.stem: compile_files(path) for path in EXAMPLES}
    found |= {f"generated-{seed}": program for seed, _, program in programs(0, GENERATED)}
    return found | {"shapes": of(*every_shape()), "hostile": compile_text(HOSTILE)}


def every_shape() -> list[ir.Slo]:
    """SLOs of every shape with alerts, called s0, s1 and so on."""
    alerts = (shapes.PAGE, shapes.NO_DATA)
    return [slo(of, name=f"s{number}", alerts=alerts) for number, of in enumerate(SHAPES.values())]


def of(*slos: ir.Slo) -> Program:
    """A program of a shop with these SLOs."""
    shop = ir.Service(name="shop", title="", owner="web", source="", risks=(), feedback=(), slos=slos)
    return Program(schema=ir.SCHEMA, services=(shop,))


def files(program: Program) -> dict[str, str]:
    """The documents of a program, by the name of their file."""
    return render(program, "openslo", Options())


def read(texts: dict[str, str]) -> tuple[Import, Program | None]:
    """The import of documents, and the program that is written; None if nothing is."""
    found = imported([Source(name, text) for name, text in texts.items()], ImportOptions(), NEW)
    return found, analyse([Source(name, text) for name, text in found.files.items()], NEW)[0]


def without_locations(program: Program) -> Program:
    """The services with SLOs, without where anything is written."""
    bare = [
        replace(one, source="", slos=tuple(replace(slo, source="", used_at=None, origins=()) for slo in one.slos))
        for one in program.services
        if one.slos
    ]
    return replace(program, services=tuple(bare))
