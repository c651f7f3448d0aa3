"""The file that provisions the dashboards."""

from __future__ import annotations

from slocompiler.targets.grafana.options import chosen
from slocompiler.targets.grafana.text import dumps
from slocompiler.targets.shared import Options, header


def render(name: str, options: Options) -> str:
    """A provider for Grafana's folder `provisioning/dashboards`. JSON strings are YAML; `$$` stands for a dollar sign."""
    own = chosen(options)
    folder, path = (dumps(text.replace("$", "$$")) for text in (own.folder, own.path))
    return f"""# {header(name, "sloc.yaml")}
# Copy this file to Grafana's folder provisioning/dashboards, and the folder `dashboards` next to it to `path`.
apiVersion: 1
providers:
  - name: sloc
    folder: {folder}
    type: file
    allowUiUpdates: false
    options:
      path: {path}
"""
