"""Questions and their answers, as values.

A live command is a generator: it yields questions, receives their answers, and returns what it found. So it need not know
whether a server answers or a snapshot, and commands are joined with `yield from` and `together`. Times are seconds since
the epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from slocompiler import promql
from slocompiler.ir import Filter
from slocompiler.record import value

T = TypeVar("T")


@value(kw_only=True)
class Instant:
    """What an expression returns at one time."""

    expr: str
    at: int


@value(kw_only=True)
class Range:
    """What an expression returns from `start` to `end`, both included, every `step` seconds."""

    expr: str
    start: int
    end: int
    step: int
    cost: int = 0
    """The samples that the server is expected to read."""


@value(kw_only=True)
class Table:
    """The number of series of a metric that had samples in the last `lookback` seconds, by some of its labels.

    One such table answers which matchers select something, and which values a label has. `matchers` only keep it small.
    """

    metric: str
    matchers: Filter
    labels: tuple[str, ...]
    lookback: int
    at: int

    @property
    def expr(self) -> str:
        """The table as a query."""
        selector = promql.selector(self.metric, self.matchers)
        by = ", ".join(map(promql.label_name, self.labels))
        return f"count by ({by}) (last_over_time({selector}[{promql.duration(self.lookback)}]))"


@value()
class Endpoint:
    """What an endpoint of the HTTP API says: its path below `/api/v1/`, such as `rules`."""

    path: str
    parameters: tuple[tuple[str, str], ...] = ()


Question = Instant | Range | Table | Endpoint


class Sample(NamedTuple):
    """A series of an instant vector."""

    labels: Mapping[str, str]
    value: float


class Points(NamedTuple):
    """A series of a matrix: its values by their times."""

    labels: Mapping[str, str]
    values: Mapping[int, float]


class NotKept(LookupError):
    """A snapshot has no answer to a question."""


class Answers:
    """What was answered to some questions, as the HTTP API writes it in `data`; None for an endpoint that does not exist."""

    def __init__(self, given: Mapping[Question, Any]) -> None:
        self._given = given

    def known(self, question: Question) -> bool:
        """Whether there is an answer. A server answers everything, a snapshot what is in it."""
        return question in self._given

    def since(self, question: Range) -> int:
        """The first time that is answered. A server answers all that is asked; a snapshot begins at some time."""
        found: int = self.raw(question).get("since", question.start)
        return found

    def raw(self, question: Question) -> Any:
        """The answer as the HTTP API writes it. Raises NotKept, as all of these."""
        if question not in self._given:
            raise NotKept(question)
        return self._given[question]

    def vector(self, question: Instant | Table) -> list[Sample]:
        """The series of an instant vector. A scalar is one without labels."""
        data = self.raw(question)
        if data["resultType"] == "scalar":
            return [Sample({}, float(data["result"][1]))]
        return [Sample(one["metric"], float(one["value"][1])) for one in data["result"]]

    def matrix(self, question: Range) -> list[Points]:
        """The series of a matrix."""
        return [
            Points(one["metric"], {round(at): float(value) for at, value in one["values"]})
            for one in self.raw(question)["result"]
        ]

    def data(self, question: Endpoint) -> Any:
        """What the endpoint says; None if the server has no such endpoint."""
        return self.raw(question)


Asking: TypeAlias = Generator[Sequence[Question], Answers, T]
"""A command that asks in rounds: each yields questions and receives their answers."""


def answered(asking: Asking[T], answer: Callable[[Sequence[Question]], Answers]) -> T:
    """What a command finds, with a function that answers the questions of a round."""
    try:
        asked = next(asking)
        while True:
            asked = asking.send(answer(asked))
    except StopIteration as end:
        found: T = end.value
        return found


def together(askings: Iterable[Asking[T]]) -> Asking[list[T]]:
    """Several commands at once: the questions of a round are asked together. The results are in the order of the commands."""
    results: dict[int, T] = {}
    running = dict(enumerate(askings))
    answers: Answers | None = None
    while True:
        asked: dict[Question, None] = {}
        for number, asking in list(running.items()):
            try:
                asked |= dict.fromkeys(asking.send(answers))  # type: ignore[arg-type]  # None starts a generator
            except StopIteration as end:
                results[number] = end.value
                del running[number]
        if not running:
            return [results[number] for number in sorted(results)]
        answers = yield tuple(asked)
