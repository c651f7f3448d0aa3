"""Renders dashboards: an overview, one for each service and each SLO, and the file that provisions them."""

from __future__ import annotations

from slocompiler.ir import Program, Service, Slo
from slocompiler.targets import kubernetes
from slocompiler.targets.grafana import classic, deployments, provisioning, resource, v2
from slocompiler.targets.grafana.model import Dashboard, Json
from slocompiler.targets.grafana.options import chosen
from slocompiler.targets.grafana.overview import overview
from slocompiler.targets.grafana.service import dashboard as of_service
from slocompiler.targets.grafana.slo import dashboard as of_slo
from slocompiler.targets.prometheus import stencil
from slocompiler.targets.shared import Files, Options, dashboard_uid

PROVISIONING, DETAILS = "dashboards.yaml", "details/"


def render_service(service: Service, options: Options) -> Files:
    """`dashboards/services/<service>.json`, and `details/<service>.<slo>.json` for each SLO; or resources, `….yaml`."""
    name = f"dashboards/services/{service.name}{_ending(options)}"
    yield name, _file(name, of_service(name, service, options), service.source, options)
    for slo in service.slos:
        (text,) = stencil.texts(stencil.PAGES, _of_slo, slo, service, options)
        name = _details(slo, options)
        yield name, _shaped(name, dashboard_uid(slo.id), text, slo.source, options)


def _of_slo(slo: Slo, service: Service, options: Options) -> tuple[Json]:
    """The dashboard without a resource around it, whose name may be a hash."""
    return (_json(of_slo(_details(slo, options), slo, service, options), options),)


def _details(slo: Slo, options: Options) -> str:
    return f"{DETAILS}{slo.service}.{slo.name}{_ending(options)}"


def render_shared(program: Program, options: Options) -> Files:
    """`dashboards.yaml`, which resources do not need, and `dashboards/overview.json`."""
    name = f"dashboards/overview{_ending(options)}"
    if chosen(options).kind == "files":
        yield PROVISIONING, provisioning.render(PROVISIONING, options)
    yield name, _file(name, overview(name, program, options), "all services", options)


def unfit(program: Program, options: Options) -> list[str]:
    """Messages about dashboards of services that are too large for a resource. Those of SLOs never are."""
    if chosen(options).kind == "files":
        return []
    services = (service for service in program.services if service.slos)
    return [
        f"the dashboard of `{service.name}` is too large for a {chosen(options).kind}, which holds 1 MiB: "
        "set `rows: false`, or make several services of it"
        for service in services
        if resource.too_large(_json(of_service("", service, options), options))
    ]


def loaded(options: Options) -> tuple[str, ...]:
    """What Grafana loads below the folders that it is given, or kubectl."""
    return ("dashboards/**/*.json", "details/*.json") if chosen(options).kind == "files" else kubernetes.APPLIED


def _ending(options: Options) -> str:
    return ".json" if chosen(options).kind == "files" else ".yaml"


def _file(name: str, made: Dashboard, source: str, options: Options) -> str:
    return _shaped(name, made.uid, _json(made, options), source, options)


def _shaped(name: str, uid: str, text: Json, source: str, options: Options) -> str:
    """The file of a dashboard: the dashboard itself, or a resource that holds it."""
    own = chosen(options)
    if own.kind == "files":
        return text
    folder = provisioning.details(own.folder) if name.startswith(DETAILS) else own.folder
    return resource.render(name, source, uid, folder, text, options)


def _json(made: Dashboard, options: Options) -> Json:
    schema = v2.render if chosen(options).schema == "v2" else classic.render
    return deployments.chosen(schema(made), options)
