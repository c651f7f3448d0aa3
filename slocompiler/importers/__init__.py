"""Imports SLOs of other tools: documents to promises, promises to the text of `.slo` files that the compiler accepts.

    YAML ─document─▶ fields ─sloth, pyrra, openslo─▶ promises ─write, accepted─▶ texts
                              queries ─query, counted, recognise─▶ indicators

A field knows whether something used it, so nothing is lost in silence. Pure: no file is read or written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from slocompiler.diagnostics import Diagnostic, ordered
from slocompiler.importers import annotated, openslo, pyrra, rules, sloth
from slocompiler.importers.accepted import REFUSED, accepted
from slocompiler.importers.document import Field, documents
from slocompiler.importers.lost import lost
from slocompiler.importers.names import Names, named
from slocompiler.importers.promise import Options, Promise, Refused
from slocompiler.importers.report import Import, Row
from slocompiler.importers.sloth_plugins import is_plugin, plugins
from slocompiler.importers.sloth_windows import is_catalog
from slocompiler.importers.write import UNASSIGNED, Entry, Service
from slocompiler.project import Project
from slocompiler.record import replace
from slocompiler.source import Source


def imported(
    sources: Sequence[Source],
    options: Options,
    project: Project | None = None,
    unread: Sequence[Diagnostic] = (),
) -> Import:
    """The `.slo` files for the SLOs in YAML files of other tools, and everything there is to report about them.

    The tool is found from each document. `project` is that of the new files, and the default one if it is None. `unread`
    are the errors of files that could not be read.
    """
    problems, fields = list(unread), list[Field]()
    for source in sources:
        found, wrong = documents(source)
        fields += [one for root in found for one in _flat(root)]
        problems += wrong
    rows, promises = list[Row](), list[tuple[Row, Promise]]()
    for one, name, root in _read(fields, options, problems):
        if isinstance(one, Refused):
            one.field.refuse(one.diagnostic.code)
            problems.append(one.diagnostic)
            rows.append(Row(name, root, one.field, one.name))
            rows[-1].place("", REFUSED, (one.diagnostic.code,))
        else:
            rows.append(Row(name, root, one.field, f"{one.service}/{one.name}"))
            promises.append((rows[-1], one))
    services = _services(promises, options, problems)
    texts, written, placed = accepted(services, project, problems)
    problems += [problem for one in written for problem in _owners(one)]
    for row, _ in promises:
        how, codes = placed[row.new]
        row.place("" if how == REFUSED else row.new, how, codes)
    _refuse(rows)
    return Import(texts, tuple(rows), tuple(fields), tuple(ordered([*problems, *lost(fields)])))


def _flat(root: Field) -> Iterator[Field]:
    """The documents in a document: those of a list, and of a `List` of Kubernetes."""
    if root.kind == "list":
        yield from root.items.values()
    elif root.get("kind").text == "List" and root.get("items").kind == "list":
        for name in ("apiVersion", "kind"):
            root.get(name).use()
        yield from root.get("items").items.values()
    elif root:
        yield root


def _read(
    fields: Sequence[Field], options: Options, problems: list[Diagnostic]
) -> Iterator[tuple[Promise | Refused, str, Field]]:
    """The SLOs of all documents, each with the name of its tool and its document."""
    objects = openslo.known([one for one in fields if openslo.is_own(one)])
    services = annotated.services(objects)
    catalogs = [one for one in fields if is_catalog(one)]
    queries = [one for one in fields if is_plugin(one)]
    options = replace(options, plugins=plugins(queries, problems))
    for field in fields:
        if sloth.is_own(field):
            found, name = sloth.read(field, catalogs, options, problems), "sloth"
        elif pyrra.is_own(field):
            found, name = pyrra.read(field, options, problems), "pyrra"
        elif openslo.is_own(field):
            found, name = openslo.read(field, objects, services, options, problems), "openslo"
        elif rules.is_own(field):
            found, name = rules.read(field, options, problems), "rules"
        else:
            if field not in catalogs and field not in queries:
                field.lose("W664")
            continue
        yield from ((one, name, field) for one in found)


def _services(found: Sequence[tuple[Row, Promise]], options: Options, problems: list[Diagnostic]) -> list[Service]:
    """The services with their SLOs, by the names that their rows get; and warnings about names that had to change."""
    services: dict[str, dict[str, Promise]] = {}
    taken: dict[str, Names] = {}
    for row, promise in found:
        service = named(promise.service, "service")
        name = taken.setdefault(service, Names()).free(named(promise.name, "slo"))
        row.new = f"{service}/{name}"
        if name != promise.name:
            message = f"the SLO `{promise.name}` is called `{name}` here"
            problems.append(Diagnostic("W631", message, promise.field.span))
        services.setdefault(service, {})[name] = promise
    for name, own in services.items():
        first = next(iter(own.values()))
        if name != first.service:
            message = f"the service `{first.service}` is called `{name}` here"
            problems.append(Diagnostic("W631", message, first.field.span))
    return [Service(name, _entries(own, options.owner)) for name, own in sorted(services.items())]


def _entries(promises: Mapping[str, Promise], owner: str) -> list[Entry]:
    """The SLOs of a service by their names, each in the best way to write it. They get an owner if none has one."""
    owned = any(promise.owner for promise in promises.values())
    return [(name, one if owned else replace(one, owner=owner), 0) for name, one in promises.items()]


def _owners(of: Service) -> Iterator[Diagnostic]:
    """Warnings about a service without an owner, or with several."""
    owners = [(promise.owner, promise) for _, promise, _ in of.promises if promise.owner]
    if not owners:
        message = f"the service `{of.name}` has no owner: it is `{UNASSIGNED}` here"
        yield Diagnostic("W663", message, of.promises[0][1].field.span, help="`--owner NAME` says who is paged")
    for owner, promise in owners:
        if owner != owners[0][0]:
            message = f"the service `{of.name}` belongs to `{owners[0][0]}` here, and this SLO to `{owner}`"
            yield Diagnostic("W663", message, promise.field.span, help="a service has one owner: split it")


def _refuse(rows: Sequence[Row]) -> None:
    """Refuse the values of documents that lead to no SLO."""
    written = {id(row.root) for row in rows if row.new}
    refused = {id(row.root): row for row in rows if id(row.root) not in written}
    for row in refused.values():
        for leaf in row.root.leaves():
            if leaf.fate == "used":
                leaf.fate, leaf.code = "refused", row.codes[-1]
