"""The value of a native histogram, added and multiplied like that of a counter, in promtool's notation."""

from __future__ import annotations

import math

from slocompiler.ir import Threshold
from slocompiler.record import record

SCHEMA = 5
"""Buckets grow by a factor of 2^(1/32): a bound that is 5% off counts other events."""


@record
class Histogram:
    """Observations just below a bound and just above it. `bucket` is the number of the bucket that contains the bound.

    That bucket stays empty, so the share below the bound is exact: Prometheus interpolates inside a bucket.
    """

    bucket: int
    below: int
    above: int

    def __add__(self, other: Histogram) -> Histogram:
        return Histogram(self.bucket, self.below + other.below, self.above + other.above)

    def __mul__(self, times: int) -> Histogram:
        return Histogram(self.bucket, self.below * times, self.above * times)

    __rmul__ = __mul__

    def __str__(self) -> str:
        count, first = self.below + self.above, self.bucket - 1
        return f"{{{{schema:{SCHEMA} count:{count} sum:{count} offset:{first} buckets:[{self.below} 0 {self.above}]}}}}"


def observation(threshold: Threshold, below: bool) -> Histogram:
    """One observation below the bound or above it. Bucket i has the bounds 2^((i-1)/2^SCHEMA) and 2^(i/2^SCHEMA)."""
    bucket = math.ceil(math.log2(threshold.bound) * 2**SCHEMA)
    return Histogram(bucket, int(below), int(not below))
