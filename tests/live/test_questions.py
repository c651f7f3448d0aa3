"""Questions that are asked together, and what a table asks."""

from collections.abc import Sequence

from slocompiler.ir import Matcher
from slocompiler.live.questions import Answers, Asking, Instant, Question, Table, answered, together


def asks(*exprs: str) -> Asking[list[float]]:
    """Asks one after the other; returns what each returns."""
    found = []
    for expr in exprs:
        question = Instant(expr=expr, at=0)
        answers = yield (question,)
        found += [sample.value for sample in answers.vector(question)]
    return found


def test_each_round_is_asked_together_and_each_question_once() -> None:
    rounds = []

    def answer(asked: Sequence[Question]) -> Answers:
        rounds.append([one.expr for one in asked if isinstance(one, Instant)])
        return Answers({Instant(expr=expr, at=0): {"resultType": "scalar", "result": [0, expr]} for expr in rounds[-1]})

    assert answered(together([asks("1", "2"), asks(), asks("1")]), answer) == [[1, 2], [], [1]]
    assert rounds == [["1"], ["2"]]


def test_a_table_counts_series_by_labels() -> None:
    table = Table(metric="on", matchers=(Matcher("job", "=", "a"),), labels=("code", "a.b"), lookback=86400, at=0)
    assert table.expr.startswith('count by (code, "a.b") (last_over_time(')
    assert table.expr.endswith('job="a"}[1d]))')
