"""Diagnostics in the format that `--format` names: the option of commands that report them."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from slocompiler.cli.forms import form_option
from slocompiler.cli.locate import from_here, from_root, root_of
from slocompiler.cli.messages import fail, give, report
from slocompiler.diagnostics import Diagnostic, ordered
from slocompiler.formats import FORMATS, write
from slocompiler.formats.text import count

format_option = form_option(
    "text",
    *FORMATS,
    help="text for people, json for programs, github for GitHub Actions, sarif for code scanning, gitlab for Code Quality.",
)


def reporter(form: str, command: str, strict: bool = False) -> Callable[[list[Diagnostic]], None]:
    """A function that prints all diagnostics of the command. With `strict`, a quiet command prints warnings as text, too."""
    return partial(report, strict=strict) if form == "text" else partial(_print, form, command)


def _print(form: str, command: str, problems: list[Diagnostic]) -> None:
    """Print diagnostics in a format for programs. In GitHub Actions, also append them to the summary of the step."""
    found = ordered(problems)
    locate = from_here if form == "json" else from_root(root_of(Path.cwd()))
    text = write(form, found, locate)
    if text:
        give(f"{text}\n")
    step = os.environ.get("GITHUB_STEP_SUMMARY")
    if form == "github" and step:
        from slocompiler.formats.github import summary as step_summary

        title = f"sloc {command}: {count(found) or 'nothing to report'}"
        try:
            with open(step, "a", encoding="utf-8") as file:
                file.write(step_summary(found, locate, title))
        except OSError as error:
            fail(f"$GITHUB_STEP_SUMMARY, {step}: {error.strerror}")
