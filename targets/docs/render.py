"""Renders the pages in every format that is chosen: the catalogue, a page for each service and for each SLO, the guide."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from slocompiler.ir import Program, Service
from slocompiler.resources import resource
from slocompiler.targets.docs import catalogue, slo
from slocompiler.targets.docs.glossary import glossary
from slocompiler.targets.docs.guide import reading
from slocompiler.targets.docs.options import chosen
from slocompiler.targets.docs.page import Page
from slocompiler.targets.docs.write import html, markdown
from slocompiler.targets.shared import Options, made

ASSETS = ("site.css", "site.js")
INDEX = "search.js"
FORMATS: dict[str, Callable[[Sequence[Page], Sequence[Service]], dict[str, str]]] = {
    "site": html.render,
    "markdown": markdown.render,
}
"""The folder of each format, and what writes its pages; these may link to each other, to the guide and the catalogue."""


def render_service(service: Service, options: Options) -> dict[str, str]:
    """`site/SERVICE/SLO.html` and `markdown/SERVICE/SLO.md` for every SLO, and a page for the service."""
    pages = [catalogue.service_page(service, options), *(slo.slo_page(one, service, options) for one in service.slos)]
    return _written(pages, (service,), options)


def render_shared(program: Program, options: Options) -> dict[str, str]:
    """The catalogue of all SLOs, the guide for newcomers, and what the site needs besides pages."""
    pages = [catalogue.catalogue(program), reading(), glossary()]
    files = _written(pages, program.services, options)
    if "site" in chosen(options).formats:
        files |= {f"site/{name}": _asset(name) for name in ASSETS}
        files[f"site/{INDEX}"] = _index(program)
    return files


def _written(pages: Sequence[Page], services: Sequence[Service], options: Options) -> dict[str, str]:
    return {
        f"{folder}/{path}": text
        for folder, write in FORMATS.items()
        if folder in chosen(options).formats
        for path, text in write(pages, services).items()
    }


def _asset(name: str) -> str:
    text = resource("slocompiler.targets.docs.write", name)
    return f"/* {made(f'site/{name}', 'sloc')} */\n{text}"


def _index(program: Program) -> str:
    """What the search of the site knows of every page of a service or an SLO."""
    places = html.places(program.services)
    found = []
    for service in program.services:
        if service.slos:
            found.append((catalogue.entry(service), places[(service.name,)]))
            found += [(slo.entry(one, service), places[(service.name, one.name)]) for one in service.slos]
    rows = ",\n".join(json.dumps([e.title, e.about, e.words, place], ensure_ascii=False) for e, place in found)
    return f"/* {made(f'site/{INDEX}', 'all services')} */\nwindow.slocPages = [\n{rows}\n];\n"
