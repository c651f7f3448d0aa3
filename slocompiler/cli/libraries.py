"""Libraries as they were fetched. A build never fetches: it reads a file of a library only if it is what the lock says."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from slocompiler.project.libraries import Library
from slocompiler.record import record
from slocompiler.resolve.imports import FETCHED

LOCK = "sloc.lock"
"""The file beside the project file that says what was fetched."""
_HASH = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_RUN = "run `sloc fetch`"


@record
class Locked:
    """A library as it was fetched."""

    library: Library
    commit: str
    files: Mapping[str, str]
    """The digest of each file, by its path in the library."""


def digest(data: bytes) -> str:
    """The digest of a file, as the lock has it."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def written(locks: Mapping[str, Locked]) -> bytes:
    """The text of the lock: of the same libraries always the same bytes."""
    data = {
        name: {"git": one.library.git, "rev": one.library.rev, "path": one.library.path, "commit": one.commit}
        | {"files": dict(sorted(one.files.items()))}
        for name, one in sorted(locks.items())
    }
    return f"{json.dumps(data, indent=2)}\n".encode()


@lru_cache(maxsize=4)
def locked(data: bytes | None) -> Mapping[str, Locked]:
    """The libraries of a lock. What it does not have in the right form counts as not fetched."""
    try:
        found: Any = json.loads(data or b"{}")
        return {name: _locked(one) for name, one in found.items()}
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        return {}


def _locked(one: Any) -> Locked:
    if not _HASH.fullmatch(one["commit"]):
        raise ValueError("no hash of a commit")
    library = Library(*(str(one[key]) for key in ("git", "rev", "path")))
    return Locked(library, one["commit"], {str(path): str(digest) for path, digest in one["files"].items()})


def refusal(path: str, data: bytes | None, locks: Mapping[str, Locked], libraries: Mapping[str, Library]) -> str:
    """Why a file of a library is not imported; "" if it is what was fetched.

    `path` counts from the project, and `data` is the content, None if there is no such file.
    """
    name, _, rest = path.removeprefix(FETCHED).partition("/")
    if name not in libraries:
        return f"sloc.yaml has no library `{name}`"
    if name not in locks:
        return f"the library `{name}` is not fetched: {_RUN}"
    if locks[name].library != libraries[name]:
        return f"{LOCK} has another address, revision or folder of the library `{name}`: {_RUN}"
    if rest not in locks[name].files:
        return f"the library `{name}` has no such file"
    if data is None:
        return f"the library `{name}` is not fetched: {_RUN}"
    if digest(data) != locks[name].files[rest]:
        return f"it is not the file that {LOCK} names: {_RUN}"
    return ""
