"""Rules that live faster, so that a real server shows within seconds what otherwise takes hours."""

import re

from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.shared import Options
from support.compile import rules
from support.promtool import seconds
from support.traffic import EVENTS, service

SCRAPE = 30
DURATION = re.compile(r"(?<=\[)\w+(?=\])|(?<=interval: )\w+|(?<=offset )\w+")


def made(name: str, catch_up: bool, interval: int = SCRAPE, body: str = EVENTS, former: str = "") -> str:
    """The rules of a service, with or without catch-up, which may have had a `former` name; those of `late` count the first errors of new series."""
    plain = PrometheusOptions(catch_up=catch_up, late_series=name == "late")
    options = Options(scrape_interval=min(interval, 60), evaluation_interval=interval, targets={"prometheus": plain})
    head = f"service {name} {{ {f'formerly {former}' if former else ''}"
    return rules(service(body + " alerts none").replace("service shop {", head), options)


def hastened(text: str, haste: int) -> str:
    """The rules with every range and interval `haste` times as short.

    What is counted (`>= 118` samples an hour) stays; the factors between rates and counts are intervals too.
    """
    text = re.sub(rf"(\] offset {SCRAPE}s\)+) \* {SCRAPE}\b", rf"\1 * {SCRAPE / haste}", text)
    text = DURATION.sub(lambda match: f"{int(seconds(match[0]) * 1000 / haste)}ms", text)
    return text.replace(" / 300,", f" / {300 / haste},")
