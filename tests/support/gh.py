"""Stands in for GitHub's command line: the few calls that action.yml makes, on comments kept in a file.

`$FAKE_GH` names the file: a JSON object of `comments`, in pages of two, and of `calls`; with `refuses`, every call fails.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import jq

PAGE = 2


def main(arguments: list[str]) -> int:
    """One call of `gh api`."""
    file = Path(os.environ["FAKE_GH"])
    state = json.loads(file.read_text(encoding="utf-8"))
    command, *rest = arguments
    assert command == "api"
    where, fields, options = parsed(rest)
    token = os.environ["GH_TOKEN"]
    assert os.environ["GH_HOST"] == "github.example.org"
    state["calls"].append([where, sorted(fields), token])
    if state.get("refuses"):
        print("gh: Resource not accessible by integration (HTTP 403)", file=sys.stderr)
    elif where == "graphql" and "mutation" in fields["query"]:
        (comment,) = (comment for comment in state["comments"] if comment["id"] == fields["id"])
        comment["body"] = fields["body"]
    elif where == "graphql":
        assert "paginate" in options
        assert (fields["owner"], fields["name"], fields["number"]) == ("acme", "shop", 7)
        assert re.search(r"after: \$endCursor.*hasNextPage endCursor", fields["query"], re.DOTALL)
        for start in range(0, len(state["comments"]) or 1, PAGE):
            nodes = {"nodes": state["comments"][start : start + PAGE]}
            page = {"data": {"repository": {"pullRequest": {"comments": nodes}}}}
            for line in jq.compile(options["jq"]).input(page).all():
                print(line)
    else:
        assert where == "repos/acme/shop/issues/7/comments"
        state["comments"].append(
            {"id": f"new{len(state['comments'])}", "body": fields["body"], "viewerDidAuthor": True}
        )
    file.write_text(json.dumps(state), encoding="utf-8")
    return 1 if state.get("refuses") else 0


def parsed(arguments: list[str]) -> tuple[str, dict[str, Any], dict[str, str]]:
    """The address, the fields and the options of a call; an option that gh does not have ends it."""
    where, fields, options = "", {}, {}
    rest = iter(arguments)
    for argument in rest:
        if argument in ("-f", "-F"):
            name, _, value = next(rest).partition("=")
            fields[name] = typed(value) if argument == "-F" else value
        elif argument in ("--paginate", "--silent"):
            options[argument[2:]] = ""
        elif argument == "--jq":
            options["jq"] = next(rest)
        else:
            assert not argument.startswith("-"), f"unknown flag: {argument}"
            where = argument
    return where, fields, options


def typed(value: str) -> Any:
    """A value of `-F`: a file's content after `@`, a number where it is one."""
    if value.startswith("@"):
        return Path(value[1:]).read_text(encoding="utf-8")
    return int(value) if value.isdigit() else value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
