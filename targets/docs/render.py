"""Renders the pages in the chosen formats: the catalogue, the guide, a page for each service and each SLO."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

from slocompiler.ir import Program, Service, Slo
from slocompiler.record import replace
from slocompiler.resources import resource
from slocompiler.targets.docs import catalogue
from slocompiler.targets.docs.glossary import glossary
from slocompiler.targets.docs.guide import reading
from slocompiler.targets.docs.options import chosen
from slocompiler.targets.docs.page import Page
from slocompiler.targets.docs.slo import entry, slo_page
from slocompiler.targets.docs.write import html, markdown
from slocompiler.targets.prometheus import down, stencil
from slocompiler.targets.shared import Files, Options, header

ASSETS = ("site.css", "site.js")
INDEX = "search.js"


class Format(NamedTuple):
    """A format of pages."""

    suffix: str
    write: Callable[[Sequence[Page], Sequence[Service]], Files]
    """The texts of pages by their paths. It also takes the services to whose pages they may link."""


FORMATS = {"site": Format(".html", html.render), "markdown": Format(".md", markdown.render)}
"""Each format by its folder."""


def render_service(service: Service, options: Options) -> Files:
    """`site/SERVICE/SLO.html` and `markdown/SERVICE/SLO.md` for every SLO, and a page for the service."""
    yield from _written([catalogue.service_page(service, options)], (service,), options)
    counted = down.counted(service)
    # An SLO with the name of the service's page moves that page; and each SLO has a history of its own.
    is_apart = bool(options.history) or not {"index", "readme"}.isdisjoint(one.name for one in service.slos)
    folders = chosen(options).formats
    for one in service.slos:
        about = (one, service, options, counted.get(one.id, False))
        texts = _pages(*about) if is_apart else stencil.texts(stencil.PAGES, _pages, *about)
        for folder, text in zip(folders, texts, strict=True):
            yield f"{folder}/{service.name}/{one.name}{FORMATS[folder].suffix}", text


def _pages(slo: Slo, service: Service, options: Options, counting: bool) -> tuple[str, ...]:
    """The page of an SLO in each format; the service may have its SLOs or none."""
    page, linked = slo_page(slo, service, options, counting), service if service.slos else replace(service, slos=(slo,))
    written = (FORMATS[folder].write([page], (linked,)) for folder in chosen(options).formats)
    return tuple([text for files in written for _, text in files])


def render_shared(program: Program, options: Options) -> Files:
    """The catalogue, the guide and the glossary; for the site, also its assets and the search index."""
    pages = [catalogue.catalogue(program), reading(), glossary()]
    yield from _written(pages, program.services, options)
    if "site" in chosen(options).formats:
        for name in ASSETS:
            yield f"site/{name}", _asset(name)
        yield f"site/{INDEX}", _index(program)


def _written(pages: Sequence[Page], services: Sequence[Service], options: Options) -> Files:
    for folder in chosen(options).formats:
        for path, text in FORMATS[folder].write(pages, services):
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
            found += [(entry(one, service), paths[(service.name, one.name)]) for one in service.slos]
    rows = ",\n".join(json.dumps([e.title, e.about, e.words, path], ensure_ascii=False) for e, path in found)
    return f"/* {header(f'site/{INDEX}', 'all services')} */\nwindow.slocPages = [\n{rows}\n];\n"
