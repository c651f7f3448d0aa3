"""The documentation target: a catalogue, a page per service and a page per SLO, as a static site and as Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator

from slocompiler.ir import Program
from slocompiler.resources import resource
from slocompiler.targets.docs.catalogue import catalogue, service_page
from slocompiler.targets.docs.glossary import glossary
from slocompiler.targets.docs.guide import reading
from slocompiler.targets.docs.page import Page
from slocompiler.targets.docs.paths import Paths, paths
from slocompiler.targets.docs.slo import slo_page
from slocompiler.targets.docs.write import html, markdown
from slocompiler.targets.shared import Options, made

ASSETS = ("site.css", "site.js")
INDEX = "search.js"


def render(program: Program, options: Options) -> dict[str, str]:
    """`site/SERVICE/SLO.html` and `markdown/SERVICE/SLO.md`, a page for each service, the catalogue, guide and glossary."""
    pages = list(_pages(program, options))
    files: dict[str, str] = {}
    if "site" in options.docs.formats:
        files |= _site(pages, paths(program, ".html", "index", "reading", "glossary"))
    if "markdown" in options.docs.formats:
        places = paths(program, ".md", "README", "READING", "GLOSSARY")
        written: html.Written = {}
        parts = {(page.key, part.id): part.title for page in pages for part in page.sections}
        files |= {f"markdown/{places[page.key]}": markdown.render(page, places, parts, written) for page in pages}
    return files


def _pages(program: Program, options: Options) -> Iterator[Page]:
    yield catalogue(program)
    yield reading()
    yield glossary()
    for service in program.services:
        if service.slos:
            yield service_page(service, options)
            yield from (slo_page(slo, service, options) for slo in service.slos)


def _site(pages: list[Page], places: Paths) -> dict[str, str]:
    written: html.Written = {}
    files = {f"site/{places[page.key]}": html.render(page, places, written) for page in pages}
    for name in ASSETS:
        files[f"site/{name}"] = f"/* {made(f'site/{name}', 'sloc')} */\n{resource(f'{__name__}.write', name)}"
    found = [(page.entry, places[page.key]) for page in pages if page.entry]
    rows = ",\n".join(json.dumps([e.title, e.about, e.words, place], ensure_ascii=False) for e, place in found)
    files[f"site/{INDEX}"] = f"/* {made(f'site/{INDEX}', 'all services')} */\nwindow.slocPages = [\n{rows}\n];\n"
    return files
