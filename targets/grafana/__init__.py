"""The Grafana target: an overview, a dashboard per service, and the file that provisions them."""

from __future__ import annotations

from slocompiler.ir import Program
from slocompiler.targets.grafana import classic, deployments, provisioning, v2
from slocompiler.targets.grafana.model import Dashboard
from slocompiler.targets.grafana.overview import overview
from slocompiler.targets.grafana.service import dashboard
from slocompiler.targets.shared import Options

PROVISIONING, OVERVIEW = "dashboards.yaml", "dashboards/overview.json"


def render(program: Program, options: Options) -> dict[str, str]:
    """`dashboards/overview.json`, `dashboards/services/<service>.json` and `dashboards.yaml`."""
    schema = v2.render if options.grafana.schema == "v2" else classic.render

    def write(made: Dashboard) -> str:
        return deployments.chosen(schema(made), options)

    services = {f"dashboards/services/{service.name}.json": service for service in program.services if service.slos}
    return {
        PROVISIONING: provisioning.render(PROVISIONING, options),
        OVERVIEW: write(overview(OVERVIEW, program, options)),
        **{name: write(dashboard(name, service, options)) for name, service in services.items()},
    }
