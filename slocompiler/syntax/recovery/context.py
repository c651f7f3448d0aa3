"""Finds known mistakes: first those that depend on the tokens around them, then all others."""

from __future__ import annotations

import re

from slocompiler.syntax.lexemes import STRING
from slocompiler.syntax.recovery.habits import habit
from slocompiler.syntax.recovery.slip import Slip
from slocompiler.syntax.recovery.slips import (
    LONG_UNITS,
    NUMBER,
    UNITS,
    bare_text,
    bare_value,
    blank_unit,
    inner_quote,
    long_unit,
    open_promql,
    slip_at,
)
from slocompiler.syntax.recovery.trouble import Trouble
from slocompiler.syntax.scan import Scan
from slocompiler.syntax.tokens import Token
from slocompiler.syntax.vocabulary import WORDS

_VALUE = re.compile(r"[^\s\"{},`'#]+")
_BRACED = re.compile(r"\$\{[A-Za-z_]\w*\}", re.ASCII)
_ARGUMENT = re.compile(r"[^\s\"{}(),`'#0-9-][^\s\"{}(),`'#]*")
_TEXT = re.compile(r"[^\s\"“„{},;`'#$=(]+(?:[ \t]+(?!https?://)[^\s\"{},;`'#$]+)*")
_AFTER_BLANK = re.compile(rf"({NUMBER})[ \t]+((?:ms|[smhdw])(?!\w)|(?:{LONG_UNITS})(?=s?(?!\w)))s?\Z")
_STATEMENT = re.compile(rf"\r?\n[ \t]*(?:{'|'.join(WORDS)}|\}})(?![\w:-])")
_DOTTED = re.compile(r"(?:\.[\w-]+)+")
_CONDITION = re.compile(rf"[\w.]+[ \t]*[=!]~?[ \t]*{STRING}")
_CALL = re.compile(r"[(\[][^\n#]*")


def find_slip(trouble: Trouble) -> Slip | None:
    """The known mistake at the token, or one token before it: in `300 ms`, the token is `ms`."""
    text, at, expected = trouble.source.text, trouble.at, trouble.expected
    found = habit(trouble) or _beside(trouble) or _unquoted(trouble)
    if found:
        return found
    inside = trouble.stack.top() in ("EQ", "MOP")
    return slip_at(text, at, expected, inside, trouble.token.kind in ("STRING", "PROMQL"))


def half_open_promql(token: Token, scan: Scan) -> Slip | None:
    """The mistake of a PROMQL token that includes the next statement."""
    goes_on = _STATEMENT.search(token.value)
    if not goes_on:
        return None
    end = scan.end_of_code(scan.line_end(token.start))
    match = re.compile(r"[^\n]*").match(scan.text, token.start, end)
    return open_promql(match) if match else None


def _beside(trouble: Trouble) -> Slip | None:
    """Mistakes that depend on the token before."""
    text, at, stack = trouble.source.text, trouble.at, trouble.stack
    line = text[max(trouble.scan.line_start(at), at - 64) : at]
    if trouble.token.kind == "NAME":
        unit = _AFTER_BLANK.search(text, max(trouble.scan.line_start(at), at - 32), trouble.token.end)
        if unit and unit.start(2) == at:
            return blank_unit(unit) if unit[2] in UNITS.values() else long_unit(unit)
    if line.endswith('"') and stack.top() == "STRING" and not text.startswith(";", at):
        match = _VALUE.match(text, at)
        if match:
            return inner_quote(match)
    if stack.top() == "NAME" and not trouble.starts_line:
        return _after_name(trouble)
    if stack.top() == "GATE" and trouble.token.value == "notify":
        start, end = stack.values[-1].start, trouble.token.end
        message, help = "`notify` stands before `gate`", "write `notify gate`"
        return Slip(message, help, start, end, "E101", dropped=True, written=("notify gate",), safe=True)
    if stack.top() == "EQ" and text.startswith("=", at):
        message, help = "label matchers have a single `=`", "remove the second `=`"
        return Slip(message, help, at, at + 1, "E101", dropped=True, written=("",), safe=True)
    if re.compile("[=:]").match(text, at) and stack.top() == stack.statement() and stack.top():
        word = stack.values[-1].value
        message, help = f"`{word}` takes no `{text[at]}`", f"write `{word} …`"
        return Slip(message, help, at, at + 1, "E101", dropped=True, written=("",), safe=True)
    return None


def _after_name(trouble: Trouble) -> Slip | None:
    """Mistakes that begin with the name before the token."""
    text, at, stack = trouble.source.text, trouble.at, trouble.stack
    name = stack.values[-1].value
    start = stack.values[-1].start
    if name.endswith(":") and "EQ" in trouble.expected:
        bare = name.rstrip(":")
        message, help = f"`{bare}` needs `=`, not a colon", f"write `{bare} = …`"
        written: tuple[str, ...] = (f"{bare}=" if "MOP" in trouble.expected else f"{bare} =",)
        end = start + len(name)
        return Slip(message, help, start, end, "E101", "EQ", "=", renames=bare, written=written, safe=True)
    dotted = _DOTTED.match(text, at)
    if dotted and {"EQ", "LBRACE"} & set(trouble.expected):
        full = name + dotted[0]
        quoted = f'`"{full}"`' if "EQ" in trouble.expected else f'`{{"{full}"}}`'
        end = start + len(full)
        where = "in quotes" if "EQ" in trouble.expected else "in quotes, inside braces"
        message, help = f"a name with dots must be {where}", f"write {quoted}"
        return Slip(message, help, start, end, "E101", dropped=True, renames=full)
    call = _CALL.match(text, at)
    if call and "LBRACE" in trouble.expected:
        help = "name only the counter, `metric{…}`: sloc writes the queries; or put raw PromQL in back-quotes"
        end = at + len(call[0].rstrip())
        return Slip("PromQL is not allowed here", help, start, end, "E101", dropped=True)
    if re.compile("[=!<>~]").match(text, at) and "LBRACE" in trouble.expected:
        end = trouble.scan.code_end(at)
        written = (f"{{{text[start:end]}}}",) if _CONDITION.fullmatch(text, start, end) else ()
        help = f"write `{written[0]}`" if written else f'write `{{{name}=~"…"}}`'
        return Slip("label matchers must be in braces", help, start, end, "E101", dropped=True, written=written)
    return None


def _unquoted(trouble: Trouble) -> Slip | None:
    """A text or a value without its quotes."""
    if "STRING" not in trouble.expected or trouble.starts_line or trouble.block:
        return None
    if _BRACED.match(trouble.source.text, trouble.at):
        return None
    if trouble.stack.top() in ("EQ", "MOP"):
        of_template = "DATE" in trouble.expected  # an argument or the default of a parameter
        match = (_ARGUMENT if of_template else _VALUE).match(trouble.source.text, trouble.at)
        return (bare_text if of_template else bare_value)(match) if match else None
    if set(trouble.expected) <= {"STRING", "PARAM"}:
        match = _TEXT.match(trouble.source.text, trouble.at)
        return bare_text(match) if match and match[0] not in ("notify", "gate") else None
    return None
