"""Continues after a syntax error: reports it, repairs the parser's stack and resumes nearby.

The parser's stack shows what is expected. Only one error is reported per line, so that no mistake is reported twice.
"""

from __future__ import annotations

from slocompiler.diagnostics import Diagnostic
from slocompiler.syntax.lalr import Parser
from slocompiler.syntax.limits import too_deep, yaml
from slocompiler.syntax.recovery.braces import closing, overclosed, unclosed
from slocompiler.syntax.recovery.context import find_slip, half_open_promql
from slocompiler.syntax.recovery.heads import enter
from slocompiler.syntax.recovery.slip import Slip
from slocompiler.syntax.recovery.stack import STAND_INS, VALUES, Stack, terminal
from slocompiler.syntax.recovery.trouble import Trouble
from slocompiler.syntax.recovery.unexpected import incomplete, misplaced, unexpected
from slocompiler.syntax.scan import Scan
from slocompiler.syntax.tokens import END, ODD, Token
from slocompiler.syntax.vocabulary import WORDS

_TOP = ("import", "defaults", "service", "journey", "template")
"""If one of these does not fit, a brace is missing."""
_OPENERS = ("slo", "use", "risk", "feedback", "draft")
"""Likewise, with any indent, if the file has too few closing braces."""
_MARKS = ("?", "EQ", "CMP", "MOP", "PLUS", "COMMA", "LPAR", "RPAR")
"""If one of these does not fit, it is skipped."""
MOST = 1000
"""The most syntax errors of a file; a file with more is not a file of SLOs."""
_PATIENCE = 8
"""How often the parser may stop at one offset; each time, something was inserted before it."""


class Recovery:
    """The syntax errors of one parse; `problems` takes the diagnostics, `damage` their offsets."""

    def __init__(self, parser: Parser, problems: list[Diagnostic]) -> None:
        self.source, self.stack, self.problems = parser.source, Stack(parser), problems
        self.scan = Scan(self.source)
        self.damage: list[int] = []
        self._reported_line = 0
        self._count = 0
        self._open = 0
        """How many more braces open than close in the file, without those that were reported."""
        self._last = len(self.source.text)
        """The offset at which reading stops."""
        self._tried, self._tries = -1, 0

    def repair(self, token: Token) -> None:
        """Report a token that does not fit, and repair the stack so that the parse continues."""
        stack, at = self.stack, token.start
        before = max(self.scan.end_of_code(at), stack.end())  # a comment may begin inside of PromQL
        if not self._count:
            self._begin()
        self._count += 1
        self.damage.append(min(at, before))
        trouble = Trouble(self.source, self.scan, stack, token, at, before, stack.expected(), stack.block())
        self._tries = self._tries + 1 if at == self._tried else 0
        self._tried = at
        if self._count > MOST or at > self._last or (self._tries > _PATIENCE and token.kind == END):
            self._close(stack, before)
        elif self._tries > _PATIENCE:
            self._skip(trouble, at + 1)
        else:
            self._handle(trouble)
        if token.kind == ODD and stack.at == at:
            stack.move(token.end)  # nothing can begin with this character

    def _begin(self) -> None:
        """Examine the whole text, at the first error."""
        self._open = self.scan.open
        end = yaml(self.source) or too_deep(self.source)
        if end:
            self.problems.append(end)
            self._last = -1 if end.code == "E101" else end.span.start

    def _handle(self, trouble: Trouble) -> None:
        if self._runaway_promql(trouble) or self._swallowed(trouble):
            return None
        slip = find_slip(trouble)
        if slip:
            return self._correct(slip, trouble)
        if trouble.token.kind == END:
            return self._end(trouble)
        if trouble.token.value in WORDS and trouble.starts_line and trouble.block:
            return self._misplaced(trouble)
        fresh = self.source.line_number(trouble.at) != self._reported_line
        missing = trouble.missing()
        self._report(unexpected(trouble, missing))
        return self._repair(trouble, missing) if fresh else self._skip(trouble)

    def _report(self, diagnostic: Diagnostic) -> None:
        line = diagnostic.span.line
        if line != self._reported_line:
            self.problems.append(diagnostic)
        self._reported_line = line

    # Known mistakes

    def _correct(self, slip: Slip, trouble: Trouble) -> None:
        """Report a known mistake, and read what was meant."""
        stack = trouble.stack
        self.damage.append(slip.start)
        self._report(slip.diagnostic(self.source))
        if slip.replaces:
            stack.cut(len(stack.states) - 1)
        if slip.renames:  # the name before includes characters that do not belong to it
            stack.values[-1] = Token(self.source, slip.start, slip.start + len(slip.renames), "NAME", slip.renames)
        if slip.terminal and stack.accepts(slip.terminal):
            stack.feed(slip.terminal, slip.value, slip.start, slip.end)
            if slip.clear:
                self._reported_line = 0  # another mistake on this line is reported too
        elif not slip.dropped and (slip.start >= trouble.at or slip.end <= trouble.at):
            return self._skip(trouble, max(slip.end, trouble.at + 1))
        return stack.move(slip.end)

    def _runaway_promql(self, trouble: Trouble) -> bool:
        """End an unclosed back-quote at its line: the parser has read everything up to the next one as PromQL."""
        if trouble.stack.top() != "PROMQL":
            return False
        token = trouble.stack.values[-1]
        slip = half_open_promql(token, trouble.scan)
        if slip is None:
            return False
        trouble.stack.values[-1] = Token(self.source, token.start, slip.end, "PROMQL", "``")
        self.damage.append(slip.start)
        self._report(slip.diagnostic(self.source))
        trouble.stack.move(slip.end)
        return True

    def _swallowed(self, trouble: Trouble) -> bool:
        """Handle a missing name: the parser has read the keyword of the next statement as the name."""
        stack = trouble.stack
        word = stack.values[-1] if stack.top() == "NAME" else None
        if word is None or word.value not in WORDS or trouble.starts_line or not trouble.scan.begins_line(word.start):
            return False
        stack.cut(len(stack.states) - 1)
        token = Token(self.source, word.start, word.end, terminal(word.value), word.value)
        before = max(self.scan.end_of_code(word.start), stack.end())
        again = Trouble(self.source, self.scan, stack, token, word.start, before, stack.expected(), stack.block())
        self.damage.append(before)
        missing = again.missing()
        self._report(unexpected(again, missing))
        self._repair(again, missing)
        return True

    def _misplaced(self, trouble: Trouble) -> None:
        """Handle a statement of another block: a brace is missing or superfluous, or the statement is misplaced."""
        stack, word = trouble.stack, trouble.token.value
        size = len(stack.states)
        if self._overclosed(trouble):
            self._open += 1
            self.damage.pop()  # nothing is lost
            self._report(overclosed(trouble))
            stack.cut(size - 1)
            return stack.move(trouble.at)
        if self._underclosed(trouble):
            self.damage.pop()
            opened, report = stack.open_braces(), unclosed(trouble, f"before `{word}`")
            while not stack.accepts(terminal(word)) and stack.accepts("RBRACE"):
                self._open -= 1
                stack.feed("RBRACE", "}", trouble.before)
            self._report(closing(report, trouble, opened[len(stack.open_braces()) :]))
            return stack.move(trouble.at)
        self._report(misplaced(trouble))
        end = self.scan.block_end(trouble.at) if word in _TOP else 0
        return stack.move(end) if end else self._skip(trouble)

    def _overclosed(self, trouble: Trouble) -> bool:
        stack, size = trouble.stack, len(trouble.stack.states)
        fits = stack.top() == "RBRACE" and stack.block(size=size - 1)
        return bool(fits) and self._open < 0 and stack.accepts(terminal(trouble.token.value), size=size - 1)

    def _underclosed(self, trouble: Trouble) -> bool:
        index = trouble.stack.open_brace()
        if index is None or "RBRACE" not in trouble.expected:
            return False
        opened = trouble.stack.values[index].start
        if trouble.token.value in _TOP:
            return self._open > 0
        return self._open > 0 and (
            trouble.token.value in _OPENERS or self.scan.indent(trouble.at) <= self.scan.indent(opened)
        )

    def _end(self, trouble: Trouble) -> None:
        """At the end of the file, finish every open block, so that its statements are kept."""
        if trouble.block:
            opened = trouble.stack.open_braces()
            self._report(closing(unclosed(trouble, "at the end of the file"), trouble, opened))
        else:
            self._report(incomplete(trouble))
        self._close(trouble.stack, trouble.before)

    def _close(self, stack: Stack, before: int) -> None:
        while not stack.accepts("$END"):
            stack.finish(before)
            if stack.accepts("RBRACE"):
                stack.feed("RBRACE", "}", before)
        stack.move(len(self.source.text))

    # Unknown mistakes

    def _repair(self, trouble: Trouble, missing: list[tuple[str, ...]]) -> None:
        """Insert, replace or skip a token if the parse can continue then, else skip the statement."""
        stack, token, at, end = trouble.stack, trouble.token, trouble.at, trouble.token.end
        if missing:
            self._open += missing[0].count("LBRACE") - missing[0].count("RBRACE")
            stack.insert(missing[0], trouble.before)
            return stack.move(at)
        keywords = trouble.keywords()
        if keywords:
            stack.feed(trouble.terminal(keywords[0]), keywords[0], at, end)
            return stack.move(end)
        values = [name for name in trouble.expected if name in VALUES]
        if token.kind in (*VALUES, "SIZE", "PROMQL") and values and not trouble.starts_line:
            self.damage.append(at)
            stack.feed(values[0], STAND_INS[values[0]], at, end)
            return stack.move(end)
        if token.kind in _MARKS and not trouble.starts_line:
            return stack.move(at + len(trouble.span.text))
        return self._skip(trouble)

    def _skip(self, trouble: Trouble, at: int | None = None) -> None:
        """Leave the statement unfinished and resume after it."""
        stack = trouble.stack
        at = trouble.at if at is None else at
        opens = self.scan.opens_block(self.scan.line_start(at))
        if not trouble.block and enter(trouble, opens):
            return None
        brace = stack.list_brace()
        stack.finish(trouble.before)
        passed = trouble.block and at == trouble.at and trouble.token.kind != "LBRACE"
        begin = at + 1 if passed else at  # a refused statement is not read again
        return stack.move(self.scan.resume(begin, brace.start if brace else None))
