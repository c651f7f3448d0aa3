"""Structured programs: generated SLOs of every shape, with what a file can have around them. Most are correct."""

from __future__ import annotations

import re
from random import Random

from support import generated

WORDS = {
    "TEXT": ('"It hurts nobody."', '"50% of {{ x }}"', '"</script><b>"', '"[a](b) | `c`"', '"é\\n\\nf"', '"\u00a0"', '"- # : x"', '"\U0001f6a8"', '"x\\u2028y\\u202ez"', '"$x $${y}"'),
    "VALUE": tuple(f'"{value}"' for value in generated.VALUES),
    "TARGET": generated.TARGETS,
    "WINDOW": generated.WINDOWS,
    "BOUND": generated.BOUNDS,
    "RENAMED": ("route", "service as backend", "service", "route, target as goal", '"http.route" as route'),
    "SLICE": ("1m", "5m", "2m"),
    "FOLD": (*["max", "min", "avg", "sum"] * 4, "count"),
    "TIME": ("age", "until"),
    "COMPARED": ("<", "<=", ">", ">=", "==", "!="),
    "QUANTITY": (*["5", "0.5", "2.5", "1e-3", "50%"] * 5, "300ms", "1h", "5MB", "-1"),
    "MISSING": ("", "no data is bad", "no data is good", "no data is ignored"),
    "METRIC": (*["sent_bytes"] * 9, "native sent_bytes"),
    "LABEL": (*["code"] * 9, '"http.code"'),
    "CONDITION": ("`max(q{}) > 5`", "`sum(rate(e_total[5m])) / sum(rate(x_total[5m])) < 0.5`", "`time() - max(t) < 600`", "`min by (job) (up) == 1`", "`avg_over_time(q[5m]) > 2 and on() up == 1`"),
    "EVERY": ("1d", "30d", "365d"),
    "LASTING": ("1m", "2h"),
    "HITTING": ("1%", "50%", "100%"),
    "NIGHT": ("sunday 02:00 for 1h", "day 23:30 for 1h", "wednesday 00:00 for 24h"),
    "ZONE": ("", "in UTC", "in Europe/Berlin", "in America/Argentina/Buenos_Aires", "in America/Santiago", "in Etc/GMT+5"),
}  # fmt: skip  # a table
"""What stands for a word in the texts below."""
SHARED = (
    'defaults { runbook "https://r.example.org/$" stakeholders TEXT labels { tier = TEXT } }',
    "alerts usual { page when exhausted within 4h  ticket when budget below 20% }",
    "policy strict { below 25% TEXT exhausted TEXT notify }",
    """template t(job, code = "5..", share = 99%) {
  slo made "Of ${job}" $share over WINDOW { events x_total{job=$job} bad {code=~$code} because TEXT }
  slo slow TARGET over WINDOW { events took_seconds{job=$job} good below BOUND alerts usual }
}""",
)
"""Declarations that another file can import."""
USES = (
    "use t(job=VALUE) as u",
    "use t(job=VALUE, share=90%) as v without slow",
    'draft use t(job=TEXT, code="4..")',
    "use t(job=VALUE) as w without made { slo slow { review every 30d last 2026-05-01 labels { a = TEXT } } }",
    'use t(job=VALUE) as x { slo made { because TEXT alerts usual link TEXT "https://l.example.org/" } slo slow {} }',
    "alerts usual",
    "policy strict",
)
"""What needs the declarations above."""
IN_SERVICE = (
    'events stream = r_total{job=VALUE} exclude {path="/h"} TEXT\n'
    'slo of-stream TARGET over 30d { events stream bad {code="500"} alerts none }',
    "formerly b, c",
    "risk TEXT every EVERY lasting LASTING hitting HITTING on s0",
    "feedback 2026-05-01 TEXT\nfeedback 2026-05-02 TEXT on s0",
    'link TEXT "https://l.example.org/?q=a b&c=<d>"',
    "stakeholders TEXT, TEXT\nreview every 90d last 2026-05-01",
    'labels { team = TEXT, "cost_center" = "1" }',
    "maintenance TEXT every NIGHT ZONE until 2027-12-31 because TEXT",
    "except 2026-10-01T03:00Z to 2026-10-01T04:30Z because TEXT",
    "slo live TARGET over 30d { slices SLICE good when FOLD(q{job=VALUE}) COMPARED QUANTITY MISSING }",
    "slo aged TARGET over 30d { slices SLICE good when TIME(t{job=VALUE}) COMPARED LASTING MISSING }",
    "slo bare TARGET over 30d { slices SLICE good when q{job=VALUE} COMPARED QUANTITY MISSING }",
    "slo paced TARGET over 30d { slices SLICE good when FOLD(rate(x_total{job=VALUE})) COMPARED QUANTITY MISSING }",
    "slo room TARGET over 30d { slices SLICE good when FOLD(q{job=VALUE} / r{job=VALUE}) COMPARED QUANTITY and FOLD(q{}) COMPARED QUANTITY MISSING }",
    "slo often TARGET over 30d { slices SLICE with 90% good good when FOLD(q{job=VALUE}) COMPARED QUANTITY MISSING }",
    "slo single TARGET over 30d { slices SLICE each good when q{job=VALUE} COMPARED QUANTITY }",
    "slo part TARGET over 30d { slices SLICE good share(q_ratio{job=VALUE}) MISSING }",
    "slo raw TARGET over 30d { slices SLICE good when CONDITION }",
    "slo known TARGET over 30d { slices SLICE good when CONDITION of `q{}` MISSING }",
    "slo less TARGET over 30d { events due_total{job=VALUE} exclude p_total{job=VALUE} + o_total{} TEXT good sent_total{job=VALUE} }",
    'slo some TARGET over 30d { slices SLICE with 90% good events x_total{} bad {code="500"} }',
    "slo bounds TARGET over 30d { events METRIC{} good {LABEL=VALUE} below 5MB or {LABEL!=VALUE} below 9MB }",
    "slo sized TARGET over 30d { events METRIC{} good below 5MB }",
    "slo coded TARGET over 30d { events y_total{job=VALUE} bad {LABEL=VALUE} per RENAMED }",
)
IN_SLO = (
    "because TEXT",
    "stakeholders TEXT, TEXT",
    'link TEXT "https://l.example.org/${slo}"',
    "labels { tier = TEXT }",
    "review every 30d",
    "formerly before, earlier",
    "exclude when CONDITION TEXT",
    "maintenance TEXT every NIGHT ZONE because TEXT",
    "maintenance TEXT on 2026-12-03 from 02:00 for 2h ZONE because TEXT",
    "except 2026-10-02T03:00Z to 2026-10-02T07:30+02:00 because TEXT",
    "# a comment",
)

JOURNEYS = (
    "journey trip TARGET over WINDOW { owner TEXT through a/s0 because TEXT }",
    "draft journey trips TEXT 50% over 30d { owner TEXT through a/s0 review every 90d }",
    "journey thrice 50% over 30d { formerly before owner TEXT through a/s0 3 times counted by a/s0 alerts none }",
    """service steps { owner TEXT
  slo one 99% over 30d { events b_total{job=VALUE} bad {code="500"} }
  slo two 99% over 30d { slices 1m with 90% good events c_total{job=VALUE} bad {code="500"} }
}
journey either 50% over 30d { owner TEXT stakeholders TEXT through steps/one or steps/two counted by steps/one }""",
)


def program(random: Random) -> bytes:
    """A file with a service, perhaps with declarations, which may be in a file that it imports."""
    text = generated.program(random.randrange(10**6))[0]
    text = re.sub(r"(slo \S+ )(.*{\n)", lambda head: _headed(random, head), text)
    where = random.choice(("nowhere", "here", "imported"))
    inside = [*_some(random, 0.15, IN_SERVICE), *(() if where == "nowhere" else _some(random, 0.4, USES))]
    head = f"service a {random.choice(('', 'TEXT '))}{{\n"
    text = text.replace("service a {\n", "".join(f"{part}\n" for part in (head, *inside)), 1)
    text += "".join(f"{part}\n" for part in _some(random, 0.1, JOURNEYS))
    shared = "".join(f"{part}\n" for part in SHARED)
    if where == "here":
        text = shared + text
    elif where == "imported":
        text = f'# file: org.slo\n{shared}# file: a.slo\nimport "org.slo"\n{text}'
    return re.sub("|".join(WORDS), lambda word: random.choice(WORDS[word[0]]), text).encode()


def _headed(random: Random, head: re.Match[str]) -> str:
    """The head of an SLO, perhaps as a draft or with a title, and statements at the beginning of its block."""
    draft, title = random.choice(("", "", "", "draft ")), random.choice(("", "TEXT "))
    return f"{draft}{head[1]}{title}{head[2]}" + "".join(f"{part}\n" for part in _some(random, 0.15, IN_SLO))


def _some(random: Random, chance: float, parts: tuple[str, ...]) -> list[str]:
    return [part for part in parts if random.random() < chance]
