"""The annotations of OpenSLO documents that the target `openslo` writes and `sloc import` reads back."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

API = "openslo/v1"
IR = "sloc.dev/ir"
"""The JSON of an SLO, or of a service without its SLOs, as `grammar/ir.schema.json` describes it."""
DIGEST = "sloc.dev/digest"
"""The digest of the document: another one shows that a person or a tool has changed it."""


def digest(texts: Iterable[str]) -> str:
    """The digest of all texts and numbers of a document outside its annotations, in any order."""
    return sha256("\n".join(sorted(filter(None, texts))).encode(errors="surrogatepass")).hexdigest()[:16]
