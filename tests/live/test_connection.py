"""The options of live commands: what wins, which server each deployment has, and where credentials go."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.asking import SECRET, ask
from support.stub import Stub, serving

NOW = "1795894800"


pytestmark = pytest.mark.usefixtures("live_command")


class TestOrder:
    """An option, then the environment, then the deployment, then `live`."""

    def test_of_the_address(self, tmp_path: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
        project = "live: {url: 'http://127.0.0.1:1'}"
        assert ask(tmp_path, "--url", stub.url, project=project) == (0, f"- {stub.url} 1.0\n", "")
        monkeypatch.setenv("SLOC_URL", f"{stub.url}/prefix/")
        assert ask(tmp_path, project=project) == (0, f"- {stub.url}/prefix 1.0\n", "")
        assert ask(tmp_path, "--url", stub.url).out == f"- {stub.url} 1.0\n"
        assert {request.path for request in stub.requests[2:4]} == {
            f"/prefix/api/v1/{path}" for path in ("status/buildinfo", "query")
        }

    def test_of_the_tenant(self, tmp_path: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
        project = f"live: {{url: '{stub.url}', tenant: of-file}}"
        ask(tmp_path, project=project)
        monkeypatch.setenv("SLOC_TENANT", "of-environment")
        ask(tmp_path, project=project)
        ask(tmp_path, "--tenant", "of-option", project=project)
        tenants = [request.headers["X-Scope-OrgID"] for request in stub.requests if request.path.endswith("query")]
        assert tenants == ["of-file", "of-environment", "of-option"]

    def test_of_figures(self, tmp_path: Path, stub: Stub) -> None:
        project = f"live: {{url: '{stub.url}', timeout: 7s, max_samples: 10}}"
        ask(tmp_path, "--now", NOW, project=project)
        assert ask(tmp_path, "--cost", "11", project=project).code == 2
        assert ask(tmp_path, "--cost", "11", "--max-samples", "11", "--timeout", "1m", project=project).code == 0
        queries = [request.form for request in stub.requests if request.path.endswith("query")]
        assert [(form["timeout"], form["time"] == NOW) for form in queries] == [("7s", True), ("60s", False)]

    def test_a_command_without_an_address_says_where_to_give_it(self, tmp_path: Path) -> None:
        assert ask(tmp_path) == (
            2,
            "",
            "sloc: no server: give its address with `--url` or SLOC_URL, or as `url` in sloc.yaml\n",
        )
        answer = ask(tmp_path, project="deployments: [{name: eu, where: {cluster: eu}}]")
        assert "no server of the deployment `eu`: " in answer.err

    @pytest.mark.parametrize("url", ["prometheus:9090", "ftp://x", "http://", "http://x?token=hunter2", "http://a b"])
    def test_an_address_that_is_none(self, tmp_path: Path, url: str) -> None:
        answer = ask(tmp_path, "--url", url)
        assert (answer.code, answer.err.startswith("sloc: --url: an address begins with https://")) == (2, True)

    @pytest.mark.parametrize(
        ("arguments", "problem"),
        [
            (["--header", SECRET], "write a header as `Name: value`"),
            (["--header", "A B: hunter2"], "the name of a header has letters"),
            (["--header", "Host: hunter2"], "sloc sets the header Host itself"),
            (["--header", "X: hunter2\r\nY: z"], "the value of the header X has a line break"),
            (["--timeout", "30"], "write one such as 30s, 2m or 1d"),
            (["--timeout", "0s"], "is no duration"),
            (["--now", "noon"], "write it as 2026-11-28T19:40Z"),
            (["--tenant", "\x1b[2J", "--url", "http://x"], "a tenant is printable ASCII"),
        ],
    )
    def test_options_with_mistakes(self, tmp_path: Path, arguments: list[str], problem: str) -> None:
        answer = ask(tmp_path, *arguments)
        assert (answer.code, problem in answer.err) == (2, True)


class TestDeployments:
    """Each has a server, and one program for it."""

    PROJECT = """
live: {{url: '{0}', tenant: all}}
deployments:
- {{name: eu, where: {{cluster: eu}}, url: '{1}', tenant: eu}}
- {{name: us, where: {{cluster: us}}, tenant: us}}
- {{name: ap, where: {{cluster: ap}}}}
"""

    def test_each_has_its_own_server_and_tenant(self, tmp_path: Path, stub: Stub) -> None:
        with serving() as other:
            answer = ask(tmp_path, project=self.PROJECT.format(stub.url, other.url))
        assert answer.out == f"eu {other.url} 1.0\nus {stub.url} 1.0\nap {stub.url} 1.0\n"
        assert [one.headers["X-Scope-OrgID"] for one in other.requests[1:]] == ["eu"]
        assert [one.headers["X-Scope-OrgID"] for one in stub.requests[1::2]] == ["us", "all"]

    def test_an_option_is_for_all_of_them(self, tmp_path: Path, stub: Stub) -> None:
        project = self.PROJECT.format("http://127.0.0.1:1", "http://127.0.0.1:1")
        assert ask(tmp_path, "--url", stub.url, "--tenant", "x", project=project).out.count(stub.url) == 3
        assert {request.headers["X-Scope-OrgID"] for request in stub.requests} == {"x"}
        assert len(stub.requests) == 4  # they share what is known of one server


class TestAllowed:
    """Where credentials do go."""

    def test_to_hosts_of_the_environment(self, tmp_path: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SLOC_HOSTS", f"https://mimir.example.org {stub.url}")
        answer = ask(tmp_path, "--header", f"X-Token: {SECRET}", project=f"live: {{url: '{stub.url}/a'}}")
        assert answer.code == 0
        assert {request.headers["X-Token"] for request in stub.requests} == {SECRET}

    def test_of_the_environment_one_a_line(self, tmp_path: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SLOC_HEADERS", f"Authorization: Bearer {SECRET}\nX-B: c d")
        assert ask(tmp_path, "--url", stub.url).code == 0
        (headers,) = {
            tuple(request.headers.get(name) for name in ("Authorization", "X-B")) for request in stub.requests
        }
        assert headers == (f"Bearer {SECRET}", "c d")

    def test_an_option_overrides_the_file_in_any_case(self, tmp_path: Path, stub: Stub) -> None:
        (tmp_path / "http.yaml").write_text("authorization: {credentials: of-file}\nhttp_headers: {X-B: {values: [c]}}")
        header = f"authorization: Bearer {SECRET}"
        assert ask(tmp_path, "--url", stub.url, "--http-config", "http.yaml", "--header", header).code == 0
        for request in stub.requests:
            assert request.headers.get_all("Authorization") == [f"Bearer {SECRET}"]
            assert request.headers["X-B"] == "c"

    def test_a_user_name_in_an_address_is_a_login(self, tmp_path: Path, stub: Stub) -> None:
        answer = ask(tmp_path, "--url", stub.url.replace("//", "//sloc:hunter2%40x@"))
        assert answer.out == f"- {stub.url} 1.0\n"
        assert {request.headers["Authorization"] for request in stub.requests} == {"Basic c2xvYzpodW50ZXIyQHg="}

    def test_without_credentials_the_project_file_is_enough(self, tmp_path: Path, stub: Stub) -> None:
        assert ask(tmp_path, project=f"live: {{url: '{stub.url}'}}").code == 0
        assert not any("Authorization" in request.headers for request in stub.requests)
