"""The library as the tests use it: a program that uses a file, and the page of the documentation that is made of them."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.library import Entry

INTRODUCTION = """\
# Templates for what people run

Each file of this library has templates for the metrics of one exporter or library: what counts as an event, what is bad,
what is excluded, and bounds that are buckets. Import the file and `use` its templates in a service:

```slo
import "std/traefik.slo"

service shop "Shop" {
  owner        "storefront"
  stakeholders "product", "support"
  runbook      "https://runbooks.example.org/shop/${slo}"

  use traefik(job = "traefik", name = "shop@kubernetes", because = "Above 0.1% the support queue doubles.")
}
```

- Parameters without `=` have to be given, in any order. `because` says why the target is right: nobody else can.
- `target`, `within` and the others have defaults. Agree on them with the people who depend on the service.
- `use … without latency` leaves an SLO out. To have two targets or reasons, `use` the template twice.
- A template fixes the names of metrics and labels. [`sloc verify`](commands.md#sloc-verify) compares them with your server, and finds
  labels that a configuration has renamed and bounds that are no buckets.

`sloc std` lists these files, and `sloc std NAME` prints one. This page is made of them.
"""


def using(name: str, uses: Iterable[str]) -> str:
    """A program with one service, which uses templates of a file."""
    lines = "".join(f"  {use}\n" for use in uses)
    return f"""\
import "std/{name}.slo"

service {name} {{
  owner        "platform"
  stakeholders "product"
  runbook      "https://runbooks.example.org/{name}"

{lines}}}
"""


def as_page(entries: Iterable[Entry]) -> str:
    """The page `docs/std.md`."""
    return "\n".join([INTRODUCTION, *map(_section, entries)])


def _section(entry: Entry) -> str:
    notes, uses = "\n\n".join(entry.notes), "\n".join(entry.uses)
    return f"""\
## {entry.name}

{entry.title} `import "std/{entry.name}.slo"`

{notes}

```text
{uses}

{entry.templates.rstrip()}
```
"""
