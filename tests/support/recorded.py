"""SLOs in several states, and what their rules would have recorded of them until a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.accuracy.series import BEGIN, HOUR

from support.even_traffic import shown

NOW = BEGIN + 36 * HOUR
SLO = """  slo {name} 99.9% over 30h {{
    events requests_total{{job="night-and-day"}} bad {{code="500"}} {more}
    because "It was agreed."
  }}
"""
FILE = f"""service shop {{
  owner "web" stakeholders "all" runbook "https://r.example.org"
  policy {{ below 50% "Risky roll-outs wait." exhausted "Features wait." }}
{"".join(SLO.format(name=name, more="alerts none") for name in ("fine", "gone", "burning", "stale", "unseen", "lost", "young", "gaps"))}
{SLO.format(name="routes", more="per route alerts none")}
}}
service bank {{
  owner "money" stakeholders "all" runbook "https://r.example.org"
{SLO.format(name="idle", more="alerts none")}
{SLO.format(name="tried", more="").replace("slo tried", "draft slo tried")}
}}
"""
GAUGES = ("error_ratio:period", "budget_left:ratio", "burn_rate:ratio", "coverage:ratio", "age:ratio", "events:rate5m")
RECORDED: Mapping[str, tuple[float, ...]] = {
    "shop/fine": (0.0003, 0.7, 0.3, 1, 1, 9),
    "shop/gone": (0.00138, -0.38, 0.2, 1, 1, 9),
    "shop/burning": (0.0008, 0.2, 14.9, 1, 1, 9),
    "shop/young": (0.0002, 0.98, 0.2, 0.1, 0.1, 9),
    "shop/gaps": (0.0002, 0.8, 0.2, 0.6, 1, 9),
    "bank/idle": (0.0001, 0.9, 0, 1, 1, 0),
    "bank/tried": (0.002, -1, 0, 1, 1, 9),
    "bank/removed": (0.0005, 0.5, 0, 1, 1, 9),
}
ROUTES = {"/pay": 0.9, "/cart": 0.4, "/search": 0.1, "/": 1}


def recorded() -> Iterator[str]:
    """What rules would have recorded until now; the alerts of one SLO fire, and of one that has `per` each value has a budget."""
    for id, numbers in RECORDED.items():
        own = {"slo": id, "service": id.partition("/")[0]}
        yield from (f"slo:{name}{shown(own)} {number} {NOW}" for name, number in zip(GAUGES, numbers, strict=True))
    own = {"slo": "shop/routes", "service": "shop"}
    yield from (f"slo:budget_left:ratio{shown(own | {'route': route})} {left} {NOW}" for route, left in ROUTES.items())
    yield from (f"slo:age:ratio{shown(own | {'route': route})} 1 {NOW}" for route in ROUTES)
    yield f"slo:events:rate5m{shown(own | {'route': '/'})} 1 {NOW}"
    for id in (*RECORDED, "shop/routes", "shop/lost"):
        about = {"owner": "web", "target": "0.999", "window": "30h", "draft": str(id == "bank/tried").lower()}
        yield f"slo:info{shown({'slo': id, 'service': id.partition('/')[0]} | about)} 1 {NOW}"
    yield f'slo:info{{slo="shop/stale",service="shop"}} 1 {NOW - HOUR}'
    for region, left in {"eu": 0.9, "us": -0.1}.items():
        own = {"slo": "wide/one", "service": "wide", "region": region}
        yield f"slo:info{shown(own)} 1 {NOW}"
        yield f"slo:events:rate5m{shown(own)} 1 {NOW}"
        yield f"slo:budget_left:ratio{shown(own)} {left} {NOW}"
        yield f"slo:age:ratio{shown(own)} 1 {NOW}"
    for severity in ("ticket", "page"):
        alert = {"alertname": "SLOBurn", "alertstate": "firing", "severity": severity, "slo": "shop/burning"}
        yield f"ALERTS{shown(alert)} 1 {NOW}"
