"""Dashboards as Kubernetes resources: ConfigMaps for the sidecar of Grafana's chart, or for the Grafana Operator."""

from __future__ import annotations

from slocompiler.targets import kubernetes
from slocompiler.targets.grafana.model import Json
from slocompiler.targets.grafana.options import chosen
from slocompiler.targets.prometheus.options import chosen as of_rules
from slocompiler.targets.prometheus.yaml import block, comment, scalar
from slocompiler.targets.shared import Options, header

MOST = 2**20
"""Bytes that a ConfigMap holds."""
CONFIG_MAP, DASHBOARD = "v1/ConfigMap", "grafana.integreatly.org/v1beta1/GrafanaDashboard"
LOADED = {"grafana_dashboard": "1"}
"""The label by which the sidecar finds dashboards."""
FOLDERS = ("grafana_folder", "k8s-sidecar-target-directory")
"""The usual annotations for a folder: the one that most values for the chart name, and the sidecar's default."""


def render(name: str, source: str, uid: str, folder: str, dashboard: Json, options: Options) -> str:
    """The file `name` with the resource of a dashboard that is in a folder of Grafana."""
    own, text = of_rules(options).resource, block(dashboard.rstrip("\n"), 4)
    top, title = f"# {header(name, comment(source))}\n", name.rpartition(".")[0]
    if chosen(options).kind == "ConfigMap":
        head = kubernetes.head(CONFIG_MAP, title, own, LOADED, dict.fromkeys(FOLDERS, folder))
        return f"{top}{head}data:\n  {uid}.json: {text}\n"
    head = kubernetes.head(DASHBOARD, title, own)
    # An empty selector chooses every Grafana of the namespace.
    return f"{top}{head}spec:\n  folder: {scalar(folder)}\n  instanceSelector: {{}}\n  json: {text}\n"


def too_large(dashboard: Json) -> bool:
    """Whether a resource cannot hold the dashboard."""
    return len(dashboard.encode()) > MOST
