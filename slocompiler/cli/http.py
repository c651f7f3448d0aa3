"""Sends requests to one server: with its credentials, again if it is busy, and never to another server."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from threading import Event
from typing import Any, NamedTuple
from urllib.parse import unquote, urlencode, urljoin
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3 import exceptions
from urllib3.util import Timeout, Url, parse_url

from slocompiler import __version__
from slocompiler.cli.http_config import HttpConfig, basic, merged
from slocompiler.cli.unanswered import Lost, Unanswered, failure

ATTEMPTS = 4
FIRST_PAUSE = 0.25
"""Seconds until the second attempt; each further pause is twice as long."""
LONGEST_PAUSE = 60
"""A server that asks for a longer pause is not asked again."""
MOST_REDIRECTS = 5
LARGEST = 256 * 1024 * 1024
"""Bytes of an answer."""
PATIENCE = 1.1
"""How much longer than the server we wait: its own message says more than ours."""
BUSY = (429, 502, 503, 504)
_PORTS = {"http": 80, "https": 443}


class Reply(NamedTuple):
    """What a server answers."""

    status: int
    reason: str
    kind: str
    """Its Content-Type."""
    body: bytes
    headers: Mapping[str, str]


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port, as requests use them. Raises ValueError if it is no address of a server."""
    try:
        parts = parse_url(url) if url.isprintable() and not set(url) & {" ", "\\"} else Url()
    except exceptions.LocationParseError:
        parts = Url()
    if parts.scheme not in _PORTS or not parts.host or parts.query is not None or parts.fragment is not None:
        raise ValueError("an address begins with https:// or http://, and has no blanks, no ? and no #")
    return parts.scheme, parts.host.lower(), parts.port or _PORTS[parts.scheme]


def allowed(entry: str) -> tuple[str, str, int]:
    """The origin that an entry of SLOC_HOSTS means; a host alone means https. Raises ValueError, also for a path."""
    url = entry if "://" in entry else f"https://{entry}"
    found = origin(url)
    if (parse_url(url).path or "/") != "/":
        raise ValueError("a path limits nothing")
    return found


def shown(url: str) -> str:
    """An address for messages: without user name, password and query."""
    return parse_url(url)._replace(auth=None, query=None, fragment=None).url.rstrip("/")


class Http:
    """One server below an address, with a pool of connections."""

    def __init__(self, url: str, config: HttpConfig, timeout: int, connections: int) -> None:
        parts = parse_url(url)
        self.shown = shown(url)
        self.ended = Event()
        """Set when the command gives up: nobody then waits for the next attempt."""
        self._origin = origin(url)
        login = {"Authorization": basic(*_login(parts.auth))} if parts.auth else {}
        self._login = merged(login, config.headers)
        self._config = config
        self._timeout = timeout
        self._proxy, self._pool = _pool(self._origin, config, connections)

    @property
    def sent(self) -> str:
        """The names of the headers that say who asks."""
        return ", ".join(self._login)

    def send(self, method: str, path: str, form: Mapping[str, Any]) -> Reply:
        """The answer to a request: POST with the form as its body, GET with the form in the address."""
        for attempt in range(ATTEMPTS):
            pause = FIRST_PAUSE * 2**attempt
            try:
                reply = self._once(method, f"{self.shown}/{path}", urlencode(form))
            except Lost as lost:
                problem = str(lost)
            else:
                if reply.status not in BUSY or b'"errorType":"timeout"' in reply.body:
                    return reply
                asked = _retry_after(reply.headers.get("Retry-After"))
                if asked > LONGEST_PAUSE:
                    raise self.unanswered(f"{reply.status} {reply.reason}: it asks to wait {asked:.0f} seconds")
                pause = asked if "Retry-After" in reply.headers else pause
                problem = f"{reply.status} {reply.reason}"
            if attempt + 1 < ATTEMPTS and self.ended.wait(pause):
                break
        hint = "; `--concurrency 1` asks less at a time" if problem.startswith("429") else ""
        raise self.unanswered(f"{problem}, {ATTEMPTS} times{hint}")

    def unanswered(self, problem: str) -> Unanswered:
        """The exception for a problem with this server."""
        return Unanswered(f"{self.shown}: {problem}")

    def _once(self, method: str, url: str, form: str) -> Reply:
        """One attempt, with redirects within the server."""
        for _ in range(MOST_REDIRECTS):
            reply = self._exchange(method, url, form)
            target = reply.headers.get("Location")
            if reply.status not in (301, 302, 303, 307, 308) or not target:
                return reply
            method = "GET" if reply.status == 303 else method
            form = form if method == "POST" else ""  # the address has it
            url = self._redirected(url, target)
        raise self.unanswered(f"more than {MOST_REDIRECTS} redirects")

    def _redirected(self, url: str, location: str) -> str:
        """The address of a redirect, if it is one of this server. Any other one would get the credentials, or a login."""
        try:
            target = urljoin(url, location)
            parts = parse_url(target)
            there = origin(parts._replace(query=None, fragment=None).url)
        except (ValueError, exceptions.LocationParseError):
            raise self.unanswered("it redirects to something that is no address") from None
        if there != self._origin:
            message = f"it redirects to {shown(target)}, which is another server. Is a login needed, or that address?"
            raise self.unanswered(message)
        if not self._config.follow_redirects:
            raise self.unanswered(f"it redirects to {shown(target)}, and follow_redirects is false")
        return parts._replace(auth=None).url

    def _exchange(self, method: str, url: str, form: str) -> Reply:
        headers = merged({"User-Agent": f"sloc/{__version__}", "Accept-Encoding": "gzip"}, self._login)
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif form:
            url = f"{url}?{form}"
        until = time.monotonic() + self._timeout * PATIENCE
        try:
            response = self._pool.urlopen(
                method,
                url,
                body=form if method == "POST" else None,
                headers=headers,
                redirect=False,
                retries=False,
                timeout=Timeout(connect=self._timeout, read=self._timeout * PATIENCE),
                preload_content=False,
            )
            body = self._body(response, until)
        except (exceptions.HTTPError, OSError) as error:
            raise failure(error, self.shown, self._proxy, self._timeout) from None
        kind = response.headers.get("Content-Type", "")
        return Reply(response.status, response.reason or "", kind, body, response.headers)

    def _body(self, response: urllib3.BaseHTTPResponse, until: float) -> bytes:
        """All of an answer. One that comes in drops ends, too: each drop alone would be in time."""
        parts, size = [], 0
        while part := response.read1(1 << 16):
            parts.append(part)
            size += len(part)
            if size > LARGEST:
                response.close()
                raise self.unanswered(f"an answer of more than {LARGEST >> 20} MiB")
            if time.monotonic() > until:
                response.close()
                raise exceptions.ReadTimeoutError(self._pool, None, "drop by drop")  # type: ignore[arg-type]  # for the log
        response.release_conn()
        return b"".join(parts)


def _retry_after(text: str | None) -> float:
    """The seconds that a server asks to wait; 0 if it does not."""
    try:
        return urllib3.Retry(0).parse_retry_after(text) if text else 0
    except exceptions.InvalidHeader:
        return 0


def _login(auth: str) -> tuple[str, str]:
    """User name and password of an address."""
    user, _, password = auth.partition(":")
    return unquote(user), unquote(password)


def _pool(to: tuple[str, str, int], config: HttpConfig, connections: int) -> tuple[str, urllib3.PoolManager]:
    """The proxy for messages, and the pool: of the file, else as the environment says it for all programs."""
    scheme, host, _ = to
    proxy = config.proxy or ("" if proxy_bypass(host) else getproxies().get(scheme, ""))
    options: dict[str, Any] = {"maxsize": connections, "ssl_context": config.tls}
    if config.server_name:
        options["server_hostname"] = config.server_name
    if config.tls and config.tls.verify_mode == ssl.CERT_NONE:
        urllib3.disable_warnings(exceptions.InsecureRequestWarning)
    if not proxy:
        return "", urllib3.PoolManager(**options)
    parts = parse_url(proxy if "://" in proxy else f"http://{proxy}")
    if parts.scheme not in _PORTS or not parts.host:
        raise Unanswered("the address of the proxy begins with neither http:// nor https://")
    login = {"Proxy-Authorization": basic(*_login(parts.auth))} if parts.auth else None
    address = parts._replace(auth=None).url
    return shown(address), urllib3.ProxyManager(address, proxy_headers=login, **options)
