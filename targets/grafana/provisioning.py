"""The file that tells Grafana where the dashboards are."""

from __future__ import annotations

from slocompiler.targets.grafana.options import chosen
from slocompiler.targets.grafana.text import dumps
from slocompiler.targets.shared import Options, made


def render(name: str, options: Options) -> str:
    """A provider for Grafana's folder `provisioning/dashboards`; JSON strings are YAML, and `$$` is a dollar there."""
    own = chosen(options)
    folder, path = (dumps(text.replace("$", "$$")) for text in (own.folder, own.path))
    return f"""# {made(name, "sloc.yaml")}
# For Grafana's folder provisioning/dashboards; what is in the folder `dashboards` beside it goes to `path`.
apiVersion: 1
providers:
  - name: sloc
    folder: {folder}
    type: file
    allowUiUpdates: false
    options:
      path: {path}
"""
