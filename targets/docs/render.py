"""Renders the pages in the chosen formats: the catalogue, the guide, a page for each service and each SLO."""

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
from slocompiler.targets.prometheus import down
from slocompiler.targets.shared import Files, Options, header

ASSETS = ("site.css", "site.js")
INDEX = "search.js"
FORMATS: dict[str, Callable[[Sequence[Page], Sequence[Service]], Files]] = {
    "site": html.render,
    "markdown": markdown.render,
}
"""The writer of each format, by its folder. It takes the pages to write, and the services whose pages they may link to."""


def render_service(service: Service, options: Options) -> Files:
    """`site/SERVICE/SLO.html` and `markdown/SERVICE/SLO.md` for every SLO, and a page for the service."""
    watched = down.by_slo(service)
    pages = [slo.slo_page(one, service, watched.get(one.id, ()), options) for one in service.slos]
    pages.insert(0, catalogue.service_page(service, options))
    yield from _written(pages, (service,), options)


def render_shared(program: Program, options: Options) -> Files:
    """The catalogue, the guide and the glossary; for the site, also its assets and the search index."""
    pages = [catalogue.catalogue(program), reading(), glossary()]
    yield from _written(pages, program.services, options)
    if "site" in chosen(options).formats:
        for name in ASSETS:
            yield f"site/{name}", _asset(name)
        yield f"site/{INDEX}", _index(program)


def _written(pages: Sequence[Page], services: Sequence[Service], options: Options) -> Files:
    for folder, write in FORMATS.items():
        if folder in chosen(options).formats:
            for path, text in write(pages, services):
                yield f"{folder}/{path}", text


def _asset(name: str) -> str:
    text = resource("slocompiler.targets.docs.write", name)
    return f"/* {header(f'site/{name}', 'sloc')} */\n{text}"


def _index(program: Program) -> str:
    """The search index of the site: an entry for every page of a service or an SLO."""
    paths = html.site_paths(program.services)
    found = []
    for service in program.services:
        if service.slos:
            found.append((catalogue.entry(service), paths[(service.name,)]))
            found += [(slo.entry(one, service), paths[(service.name, one.name)]) for one in service.slos]
    rows = ",\n".join(json.dumps([e.title, e.about, e.words, path], ensure_ascii=False) for e, path in found)
    return f"/* {header(f'site/{INDEX}', 'all services')} */\nwindow.slocPages = [\n{rows}\n];\n"
