"""A pull request that changes the project file, in a job that has credentials: no server that it names gets them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.asking import SECRET, ask
from support.command import service, sloc
from support.stub import Response, Stub, serving

NOW = "1795894800"


pytestmark = pytest.mark.usefixtures("live_command")


CREDENTIALS = {
    "file": (["--http-config", "http.yaml"], {}),
    "file of the environment": ([], {"SLOC_HTTP_CONFIG": "http.yaml"}),
    "header": (["--header", f"Authorization: Bearer {SECRET}"], {}),
    "headers of the environment": ([], {"SLOC_HEADERS": f"X-A: b\nX-Token: {SECRET}\n"}),
    "another host": (["--http-config", "http.yaml"], {"SLOC_HOSTS": "https://mimir.example.org, grafana.example.org"}),
}
"""Options and variables by which a command has credentials."""
CHANGES = {
    "live": "live: {url: 'URL'}",
    "path": "live: {url: 'URL/https://mimir.example.org'}",
    "tenant": "live: {url: 'URL', tenant: mimir.example.org}",
    "figures": "live: {url: 'URL', timeout: 1s, concurrency: 64, max_samples: 1}",
    "deployment": "deployments: [{name: eu, where: {cluster: eu}, url: 'URL'}]",
    "one of two": "live: {url: 'https://mimir.example.org'}\n"
    "deployments: [{name: eu, where: {cluster: eu}}, {name: us, where: {cluster: us}, url: 'URL'}]",
    "user name": "live: {url: 'http://mimir.example.org@HOST'}",
    "user name with a scheme": "live: {url: 'https://mimir.example.org:443@HOST/'}",
    "backslash": "live: {url: 'http://HOST\\@mimir.example.org'}",
    "upper case": "live: {url: 'HTTP://HOST'}",
    "http_config": "live: {url: 'URL', http_config: http.yaml}",
    "headers": "live: {url: 'URL', headers: {Authorization: x}}",
    "another proxy": "live: {url: 'https://mimir.example.org', proxy_url: 'URL'}",
}
"""What a pull request can write into the project file."""


class TestPullRequest:
    """A change of the project file, in a job that has credentials: the address that it names gets nothing."""

    @pytest.fixture
    def listener(self, tmp_path: Path) -> Iterator[Stub]:
        """The server of a person who opens a pull request, beside the file with the credentials."""
        (tmp_path / "http.yaml").write_text(f"authorization: {{credentials: {SECRET}}}\n")
        with serving() as found:
            yield found
        assert (found.connections, found.requests) == (0, [])

    @pytest.mark.parametrize("credentials", CREDENTIALS.values(), ids=CREDENTIALS)
    @pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
    def test_nothing_is_sent(
        self,
        tmp_path: Path,
        listener: Stub,
        change: str,
        credentials: tuple[list[str], dict[str, str]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        arguments, variables = credentials
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        project = change.replace("URL", listener.url).replace("HOST", listener.url.removeprefix("http://"))
        answer = ask(tmp_path, *arguments, project=project)
        assert answer.code in (1, 2)
        assert answer.code == 1 or "sloc: nothing was sent: " in answer.err
        assert answer.out == ""

    def test_the_message_says_how_to_allow_it(self, tmp_path: Path, listener: Stub) -> None:
        answer = ask(tmp_path, "--http-config", "http.yaml", project=f"live: {{url: '{listener.url}'}}")
        assert answer == (
            2,
            "",
            f"sloc: nothing was sent: there are credentials, and {listener.url} is from sloc.yaml, which a pull request"
            " may change. Give the address with `--url` or SLOC_URL, or its host in SLOC_HOSTS\n",
        )

    def test_a_trusted_server_that_redirects_sends_them_nowhere_else(self, tmp_path: Path, listener: Stub) -> None:
        (tmp_path / "http.yaml").write_text(f"authorization: {{credentials: {SECRET}}}\n")
        away = Response(307, headers={"Location": f"{listener.url}/api/v1/query?key=hunter2"})
        with serving(lambda _: away) as trusted:
            answer = ask(tmp_path, "--url", trusted.url, "--http-config", "http.yaml")
        assert (answer.code, answer.err) == (
            2,
            f"sloc: {trusted.url}: it redirects to {listener.url}/api/v1/query, which is another server."
            " Is a login needed, or that address?\n",
        )

    @pytest.mark.parametrize("hosts", ["https://x.example.org/prometheus", "https://x.example.org:99999", "ftp://x"])
    def test_a_host_that_is_none(
        self, tmp_path: Path, listener: Stub, hosts: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SLOC_HOSTS", hosts)
        answer = ask(tmp_path, "--http-config", "http.yaml", project=f"live: {{url: '{listener.url}'}}")
        assert (answer.code, answer.err.startswith("sloc: SLOC_HOSTS: write hosts without a path")) == (2, True)


def test_a_reviewer_sees_the_change(tmp_path: Path) -> None:
    """`sloc diff` prints the addresses and figures that a change sets."""
    for side, project in (
        ("base", "deployments: [{name: eu, where: {at: eu}}]"),
        (
            "head",
            "live: {url: 'https://a.b'}\ndeployments: [{name: eu, where: {at: eu}, url: 'https://c.d', tenant: e}]",
        ),
    ):
        (tmp_path / side).mkdir()
        (tmp_path / side / "a.slo").write_text(service("a"))
        (tmp_path / side / "sloc.yaml").write_text(project)
    shown = sloc(tmp_path, "diff", "base", "head").out
    for line in (
        "deployments.eu.tenant added: e",
        "deployments.eu.url added: https://c.d",
        "live.url: null → https://a.b",
    ):
        assert f"project       {line}\n" in shown
