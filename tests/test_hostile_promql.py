"""Hostile PromQL, patterns, names and numbers: each ends in a diagnostic within seconds and bounded memory."""

from __future__ import annotations

from pathlib import Path

from support.bounded import checked

PLAIN = """service checkout {
  owner "payments" stakeholders "product" runbook "https://r.example.org"
  slo availability 99.9% over 30d {
    events http_requests_total{job="checkout"}
    bad {code=~"5.."}
    because "So it was agreed."
  }
}
"""


def within(more: str) -> bytes:
    """An SLO that holds this, too."""
    return PLAIN.replace('agreed."\n', f'agreed."\n{more}\n').encode()


def service_of(items: str) -> bytes:
    """A service with these statements."""
    return f'service a {{ owner "p" stakeholders "s" runbook "https://r.example.org"\n{items}}}\n'.encode()


TEXTS: dict[str, tuple[bytes, str]] = {
    "minus signs": (within("exclude when `" + "-" * 10_000 + "max(x)`"), "E416"),
    "operators in PromQL": (within("exclude when `" + "x+" * 5000 + "x`"), "E416"),
    "subqueries of subqueries": (within("exclude when `x" + "[5m:]" * 3000 + "`"), "E416"),
    "offsets": (within("exclude when `x" + " offset 1s" * 1600 + "`"), "E416"),
    "a number of PromQL without end": (within("exclude when `x > " + "9" * 16_000 + "`"), "E416"),
    "an exponent in PromQL": (within("exclude when `x > 1e999999`"), "E416"),
    "a duration of PromQL without end": (within("exclude when `rate(x[" + "9" * 16_000 + "d]) > 1`"), "E416"),
    "underscores in a number": (within("exclude when `x > " + "1_" * 8000 + "1`"), "E412"),
    "matchers that all take no value": (
        within("exclude when `{" + ",".join(f"a{n}!~'(b|).*[^\\pL]{{300}}|x'" for n in range(350)) + "} > 1`"),
        "E416",
    ),
    "repeated patterns": (within("".join(f'exclude {{a=~"\\w{{290}}N{n}"}}\n' for n in range(1000))), "W330"),
    "repeated classes of Unicode": (
        within("".join(f'exclude {{a=~"\\pL{{290}}N{n}"}}\n' for n in range(1000))),
        "W330",
    ),
    "a pattern of classes of Unicode": (within('exclude {a=~"(?i)' + "[^\\pL]" * 900 + '"}'), "W330"),
    "nothing, repeated": (within('exclude {a=~"((((){999}){999}){999}){999}"}'), "E218"),
    "patterns with long automata": (
        within("".join(f'exclude {{code=~"(a|b)*a(a|b){{{n}}}"}}\n' for n in range(90))),
        "W330",
    ),
    "misspelt streams": (
        service_of(
            "".join(f"events stream-{n:05d}-of = x_{n}_total{{}}\n" for n in range(1000))
            + "".join(f"slo s{n} 99% over 30d {{ events strem-{n:05d}-off bad {{a='b'}} }}\n" for n in range(1000))
        ).replace(b"'", b'"'),
        "E205",
    ),
    "misspelt templates": (
        "".join(
            f'template temp{n}() {{ slo x 99% over 30d {{ events x{{}} bad {{a="b"}} }} }}\n' for n in range(1500)
        ).encode()
        + service_of("".join(f"use tmp{n}() as u{n}\n" for n in range(1500))),
        "E205",
    ),
    "misspelt arguments": (
        f"template t({', '.join(f'par{n}' for n in range(1000))}) {{\n}}\n".encode()
        + service_of(f"use t({', '.join(f'para{n} = 1' for n in range(1000))})"),
        "E304",
    ),
    "nines": (PLAIN.replace("99.9%", "99." + "9" * 19 + "%").encode(), "E401"),
    "nines without end": (PLAIN.replace("99.9%", "99." + "9" * 60_000 + "%").encode(), "E107"),
    "a window without end": (PLAIN.replace("30d", "9" * 60_000 + "d").encode(), "E107"),
    "a window of centuries": (PLAIN.replace("30d", "99999999999d").encode(), "E403"),
    "a threshold close to nothing": (within("good below 0." + "0" * 60_000 + "1s"), "E107"),
    "bad events without end": (
        within("alerts { page at 2% of budget in 1h needs " + "9" * 60_000 + " bad events }"),
        "E107",
    ),
}
"""Each with a code that is reported."""


def test_ends_in_diagnostics_within_seconds_and_bounded_memory(tmp_path: Path) -> None:
    ended = checked(tmp_path, {name: data for name, (data, _) in TEXTS.items()})
    wrong = {
        name: f"exit code {end.code}, {end.seconds:.1f} s, {end.printed[:2000]}"
        for (name, (_, code)), end in zip(TEXTS.items(), ended.values(), strict=True)
        if end.code not in (0, 1) or f"[{code}]" not in end.printed or "Traceback" in end.printed
    }
    assert wrong == {}
