"""Renders dashboards: an overview, one for each service and each SLO, and the file that provisions them."""

from __future__ import annotations

from slocompiler.ir import Program, Service
from slocompiler.targets.grafana import classic, deployments, provisioning, v2
from slocompiler.targets.grafana.model import Dashboard
from slocompiler.targets.grafana.options import chosen
from slocompiler.targets.grafana.overview import overview
from slocompiler.targets.grafana.service import dashboard as of_service
from slocompiler.targets.grafana.slo import dashboard as of_slo
from slocompiler.targets.shared import Files, Options

PROVISIONING, OVERVIEW = "dashboards.yaml", "dashboards/overview.json"


def render_service(service: Service, options: Options) -> Files:
    """`dashboards/services/<service>.json`, and `details/<service>.<slo>.json` for each SLO."""
    name = f"dashboards/services/{service.name}.json"
    yield name, _text(of_service(name, service, options), options)
    for slo in service.slos:
        name = f"details/{service.name}.{slo.name}.json"
        yield name, _text(of_slo(name, slo, service, options), options)


def render_shared(program: Program, options: Options) -> Files:
    """`dashboards.yaml` and `dashboards/overview.json`."""
    yield PROVISIONING, provisioning.render(PROVISIONING, options)
    yield OVERVIEW, _text(overview(OVERVIEW, program, options), options)


def loaded(options: Options) -> tuple[str, ...]:
    """What Grafana loads below the folders that it is given."""
    del options
    return ("dashboards/**/*.json", "details/*.json")


def _text(made: Dashboard, options: Options) -> str:
    schema = v2.render if chosen(options).schema == "v2" else classic.render
    return deployments.chosen(schema(made), options)
