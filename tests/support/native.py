"""Made-up native histograms in the notation of the promtool of Prometheus 3."""

from support.promtool import seconds

BUCKETS = "schema:0 offset:-1"
"""Three buckets, up to 0.5, up to 1, up to 2: whatever is at most such a bound is counted exactly."""


def histogram(*phases: tuple[str, tuple[int, int, int] | None], scrape: int = 60) -> str:
    """In promtool's notation: in each phase a number a minute for each of the three buckets; None is absent."""
    have, parts = [0, 0, 0], []
    for number, (lasts, paces) in enumerate(phases):
        count = round(seconds(lasts) / scrape)
        if paces is None:
            parts.append(f"_x{count}")
            continue
        step = [pace * scrape // 60 for pace in paces]
        first = have if number == 0 else [a + b for a, b in zip(have, step, strict=True)]
        parts.append(f"{_shown(first)}+{_shown(step)}x{count if number == 0 else count - 1}")
        have = [a + count * b for a, b in zip(have, step, strict=True)]
    return " ".join(parts)


def _shown(buckets: list[int]) -> str:
    return f"{{{{{BUCKETS} count:{sum(buckets)} sum:{sum(buckets)} buckets:[{' '.join(map(str, buckets))}]}}}}"
