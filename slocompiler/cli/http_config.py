"""Reads `--http-config`: credentials, TLS and a proxy, in the format of Prometheus' own `http_config`.

No message has a value of the file: it could be a secret.
"""

from __future__ import annotations

import os
import re
import ssl
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, NoReturn

from slocompiler.cli.files import content
from slocompiler.cli.messages import fail
from slocompiler.project.schema import Path, misfits
from slocompiler.project.yaml import MAX_LENGTH, Places, read_yaml
from slocompiler.record import EMPTY, record
from slocompiler.source import Source, Span
from slocompiler.suggest import did_you_mean

_TEXT, _FLAG = {"type": "string", "minLength": 1}, {"type": "boolean"}
_TEXTS = {"type": "array", "items": _TEXT}


def _mapping(**keys: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": keys}


SCHEMA = _mapping(
    authorization=_mapping(type=_TEXT, credentials=_TEXT, credentials_file=_TEXT),
    basic_auth=_mapping(username=_TEXT, username_file=_TEXT, password=_TEXT, password_file=_TEXT),
    bearer_token=_TEXT,
    bearer_token_file=_TEXT,
    tls_config=_mapping(ca_file=_TEXT, cert_file=_TEXT, key_file=_TEXT, server_name=_TEXT, insecure_skip_verify=_FLAG),
    proxy_url=_TEXT,
    follow_redirects=_FLAG,
    enable_http2=_FLAG,  # Prometheus' default; it changes nothing here
    http_headers={
        "type": "object",
        "additionalProperties": _mapping(values=_TEXTS, secrets=_TEXTS, files=_TEXTS),
    },
)
_ELSEWHERE = {"oauth2", "sigv4", "azuread", "google_iam"}
"""Ways to get a token, which sloc does not have."""
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OWN = {"host", "content-type", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade"}
"""Headers that every request has, or that would change where it ends."""


@record
class HttpConfig:
    """How to reach a server. Its headers and its proxy have secrets."""

    headers: Mapping[str, str] = EMPTY
    tls: ssl.SSLContext | None = None
    server_name: str | None = None
    """The name in the server's certificate, if it is not that of its address."""
    proxy: str | None = None
    follow_redirects: bool = True


def wrong_header(name: str, text: str) -> str:
    """What is wrong with a header, without its value; empty if nothing is."""
    if not _TOKEN.fullmatch(name):
        return "the name of a header has letters, digits and hyphens"
    if name.lower() in _OWN:
        return f"sloc sets the header {name} itself"
    if not text.isprintable() or not text.isascii():
        return f"the value of the header {name} has a line break, or a character that is not ASCII"
    return ""


def merged(*given: Mapping[str, str]) -> dict[str, str]:
    """The headers together: a later one replaces an earlier one, whatever the case of its name."""
    found = {name.lower(): (name, text) for headers in given for name, text in headers.items()}
    return dict(found.values())


def basic(user: str, password: str) -> str:
    """The value of the header `Authorization` for a user, as RFC 7617 has it."""
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def read_http_config(file: str) -> HttpConfig:
    """What the file says. Mistakes in it, and files that it names and that cannot be read, end the command."""
    try:
        text = content(file, MAX_LENGTH).decode("utf-8")
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    except UnicodeDecodeError:
        fail(f"{file}: this is not UTF-8")
    data, places, problems = read_yaml(Source(file, text))
    if problems:
        is_yaml = problems[0].code == "E502"
        _wrong(problems[0].span, "a key is given twice" if is_yaml else "this is not YAML")
    read = _Reading(file, {} if data is None else data, places)
    read.check()
    return HttpConfig(
        headers=read.headers(),
        tls=read.tls(),
        server_name=read.data.get("tls_config", {}).get("server_name"),
        proxy=read.data.get("proxy_url"),
        follow_redirects=read.data.get("follow_redirects", True),
    )


class _Reading:
    """The data of one file, with the location of each value."""

    def __init__(self, file: str, data: Any, places: Places) -> None:
        self.data = data
        self._folder = os.path.dirname(file)
        self._places = places

    def check(self) -> None:
        """End the command at the first mistake: an unknown key, a wrong type, or keys that exclude each other."""
        for path, value, schema, keyword in misfits(self.data, SCHEMA):
            if keyword != "additionalProperties":
                kind = {"object": "a mapping", "boolean": "true or false", "array": "a list"}.get(schema["type"])
                self.wrong(path, f"this must be {kind or 'text; put it in quotes'}")
            elif value in _ELSEWHERE:
                self.wrong(
                    path, f"{value} is not supported: pass a token with `authorization: {{credentials_file: …}}`"
                )
            known = schema["properties"]
            near = did_you_mean(value, known) or f"the keys here are {', '.join(known)}"
            self.wrong(path, f"unknown key `{value}`; {near}")
        self._one_of((), ("authorization", "basic_auth", "bearer_token", "bearer_token_file"))
        self._one_of(("authorization",), ("credentials", "credentials_file"))
        self._one_of(("basic_auth",), ("username", "username_file"))
        self._one_of(("basic_auth",), ("password", "password_file"))

    def _one_of(self, path: Path, keys: tuple[str, ...]) -> None:
        found = self.data
        for part in path:
            found = found.get(part, {})
        given = [key for key in found if key in keys]
        if len(given) > 1:
            self.wrong((*path, None, given[1]), f"`{given[0]}` and `{given[1]}` exclude each other")

    def headers(self) -> dict[str, str]:
        """The headers of every request: the login, and `http_headers`."""
        found: dict[str, str] = {}
        for name, lists in self.data.get("http_headers", {}).items():
            path = ("http_headers", name)
            files = [self._file((*path, "files", index)) for index in range(len(lists.get("files", ())))]
            found[name] = ", ".join([*lists.get("values", ()), *lists.get("secrets", ()), *files])
        scheme = self.data.get("authorization", {}).get("type", "Bearer")
        token = self._secret(("authorization",), "credentials") or self._secret((), "bearer_token")
        if token is not None:
            found["Authorization"] = f"{scheme} {token}"
        if "basic_auth" in self.data:
            user, password = (self._secret(("basic_auth",), key) or "" for key in ("username", "password"))
            found["Authorization"] = basic(user, password)
        for name, text in found.items():
            if wrong := wrong_header(name, text):
                self.wrong(("http_headers", None, name) if name in self.data.get("http_headers", {}) else (), wrong)
        return found

    def _secret(self, path: Path, key: str) -> str | None:
        """The value of a key, or the content of the file that `key_file` names."""
        section = self.data
        for part in path:
            section = section.get(part, {})
        return self._file((*path, f"{key}_file")) if f"{key}_file" in section else section.get(key)

    def _file(self, path: Path) -> str:
        """The text of a file that the value at a path names, without white space at its ends."""
        try:
            return content(self._path(path), MAX_LENGTH).decode("utf-8").strip()
        except (OSError, ValueError) as error:
            self.wrong(path, f"the file cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}")

    def _path(self, path: Path) -> str:
        found = self.data
        for part in path:
            found = found[part]
        return os.path.join(self._folder, found)

    def tls(self) -> ssl.SSLContext | None:
        """What the connection trusts, and the certificate that it shows; None for the defaults."""
        given = self.data.get("tls_config", {})
        if not given.keys() - {"server_name"}:
            return None
        context = ssl.create_default_context()
        if "ca_file" in given:
            self._loading("ca_file", lambda path: context.load_verify_locations(path))
        if "cert_file" in given or "key_file" in given:
            missing = {"cert_file", "key_file"} - given.keys()
            if missing:
                self.wrong(("tls_config",), f"`{missing.pop()}` is missing")
            key = self._path(("tls_config", "key_file"))
            # Without a password, OpenSSL would ask for one, and wait.
            self._loading("cert_file", lambda path: context.load_cert_chain(path, key, password=lambda: ""))
        if given.get("insecure_skip_verify"):
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context

    def _loading(self, key: str, load: Any) -> None:
        try:
            load(self._path(("tls_config", key)))
        except ssl.SSLError as error:
            self.wrong(("tls_config", key), f"this cannot be loaded: {error.reason or 'no PEM, or an encrypted key'}")
        except OSError as error:
            self.wrong(("tls_config", key), f"this cannot be loaded: {error.strerror}")

    def wrong(self, path: Path, message: str) -> NoReturn:
        """End the command with the location of a mistake."""
        _wrong(self._places[path], message)


def _wrong(span: Span, message: str) -> NoReturn:
    fail(f"{span.source.shown_as}:{span.line}:{span.column}: {message}")
