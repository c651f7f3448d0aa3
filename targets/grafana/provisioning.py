"""The file that provisions the dashboards."""

from __future__ import annotations

from slocompiler.targets.grafana.options import chosen
from slocompiler.targets.grafana.text import dumps
from slocompiler.targets.shared import Options, header


def render(name: str, options: Options) -> str:
    """The providers for Grafana's folder `provisioning/dashboards`, with a folder of their own for the many of single SLOs."""
    own = chosen(options)
    providers = _provider("sloc", own.folder, f"{own.path}/dashboards")
    providers += _provider("sloc-details", details(own.folder), f"{own.path}/details")
    return f"""# {header(name, "sloc.yaml")}
# Copy this file to Grafana's folder provisioning/dashboards. Copy the folders `dashboards` and `details` next to it
# into the folder that `path` in sloc.yaml names.
apiVersion: 1
providers:
{providers}"""


def details(folder: str) -> str:
    """The folder of single SLOs in Grafana, beside that of the others."""
    return f"{folder}: details"


def _provider(name: str, folder: str, path: str) -> str:
    """JSON strings are YAML; `$$` stands for a dollar sign."""
    folder, path = (dumps(text.replace("$", "$$")) for text in (folder, path))
    return f"""  - name: {name}
    folder: {folder}
    type: file
    allowUiUpdates: false
    options:
      path: {path}
"""
