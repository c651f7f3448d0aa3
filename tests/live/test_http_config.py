"""`--http-config`: Prometheus' own programs read the same from a file; mistakes are reported without its values."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from slocompiler.cli.http_config import read_http_config
from slocompiler.cli.prometheus import Server
from slocompiler.live.questions import Instant
from support import binaries
from support.certificates import Authority
from support.stub import Request, serving

SECRET = "hunter2"
ONE = Instant(expr="vector(1)", at=0)
LOGINS = {
    "token": "authorization: {credentials: hunter2}",
    "token in a file": "authorization: {credentials_file: secrets/token}",
    "another scheme": "authorization: {type: Token, credentials: hunter2}",
    "bearer": "bearer_token: hunter2",
    "bearer in a file": "bearer_token_file: secrets/token",
    "user": "basic_auth: {username: sloc, password: hunter2}",
    "user with a file": "basic_auth: {username: sloc, password_file: secrets/token}",
    "user of a file": "basic_auth: {username_file: secrets/token, password: hunter2}",
    "no password": "basic_auth: {username: sloc}",
    "accents": "basic_auth: {username: Zoë, password: hunter2ß}",
    "headers": "http_headers: {X-A: {values: [a]}, X-B: {secrets: [hunter2]}, X-C: {files: [secrets/token]}}",
    "nothing": "",
    "switches": "{follow_redirects: false, enable_http2: true}",
}
HEADERS = ("Authorization", "X-A", "X-B", "X-C")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files that a configuration may name, and one that is no secret."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "token").write_text("hunter2\n")
    (tmp_path / "secrets" / "lines").write_text("hunter2\nhunter2\n")
    (tmp_path / "secrets" / "bytes").write_bytes(b"\xff\xfe")
    return tmp_path


def sent(request: Request) -> dict[str, str]:
    return {name: request.headers[name] for name in HEADERS if name in request.headers}


@pytest.mark.parametrize("text", LOGINS.values(), ids=LOGINS)
@pytest.mark.usefixtures("prometheus_3")
def test_promtool_sends_the_same(folder: Path, text: str) -> None:
    """Its files are named from elsewhere; paths in them count from the file."""
    file = folder / "http.yaml"
    file.write_text(text)
    with serving() as stub:
        Server(stub.url, read_http_config(str(file))).answer([ONE])
        ours = sent(stub.requests[-1])
        command = [binaries.promtool(), "query", "instant", f"--http.config.file={file}", stub.url, "vector(1)"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert sent(stub.requests[-1]) == ours
    assert bool(ours) == (text not in ("", LOGINS["switches"]))


REFUSED = {
    "unknown": ("pasword: hunter2", "1:1: unknown key `pasword`; the keys here are authorization"),
    "misspelt": ("basic_auth: {user_name: hunter2}", "1:14: unknown key `user_name`; did you mean `username`?"),
    "two logins": ("bearer_token: hunter2\nbasic_auth: {}", "2:1: `bearer_token` and `basic_auth` exclude each other"),
    "two passwords": (
        "basic_auth: {password: hunter2, password_file: secrets/token}",
        "1:33: `password` and `password_file` exclude each other",
    ),
    "two tokens": (
        "authorization: {credentials_file: secrets/token, credentials: hunter2}",
        "1:50: `credentials_file` and `credentials` exclude each other",
    ),
    "missing file": (
        "\nbearer_token_file: nowhere",
        "2:20: the file cannot be read: No such file or directory",
    ),
    "list": ("[hunter2]", "1:1: this must be a mapping"),
    "not YAML": ("bearer_token: [hunter2", "1:15: this is not YAML"),
    "tag": ("bearer_token: !hunter2!x y", "1:15: this is not YAML"),
    "twice": ("bearer_token: hunter2\nbearer_token: hunter2", "2:1: a key is given twice"),
    "missing authority": ("tls_config: {ca_file: nowhere}", "1:23: this cannot be loaded: No such file or directory"),
    "no authority": ("tls_config: {ca_file: secrets/token}", "1:23: this cannot be loaded: "),
    "no key": ("tls_config: {cert_file: secrets/token}", "1:13: `key_file` is missing"),
    "lines": ("bearer_token_file: secrets/lines", "1:1: the value of the header Authorization has a line break"),
}
"""Texts with the message for each. promtool refuses them, too."""
NARROWER = {
    "oauth2": (
        "oauth2: {client_id: x, client_secret: hunter2}",
        "1:1: oauth2 is not supported: pass a token with `authorization: {credentials_file: …}`",
    ),
    "number": ("bearer_token: 12345", "1:15: this must be text; put it in quotes"),
    "empty": ("bearer_token: ''", "1:15: this must be text; put it in quotes"),
    "word": ("follow_redirects: hunter2", "1:19: this must be true or false"),
    "not UTF-8": ("bearer_token_file: secrets/bytes", "1:20: the file cannot be read: it is not UTF-8"),
    "header of ours": ("http_headers: {Content-Type: {values: [hunter2]}}", "1:16: sloc sets the header Content-Type"),
    "header of two lines": (
        'http_headers: {X: {values: ["hunter2\\nX"]}}',
        "1:16: the value of the header X has a line",
    ),
    "inline": ("tls_config: {ca: hunter2}", "1:14: unknown key `ca`; "),
}
"""What promtool takes, or takes until it connects."""


@pytest.mark.parametrize(("text", "message"), [*REFUSED.values(), *NARROWER.values()], ids=[*REFUSED, *NARROWER])
def test_mistakes(folder: Path, text: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "http.yaml").write_text(text)
    with pytest.raises(SystemExit) as end:
        read_http_config(str(folder / "http.yaml"))
    err = capsys.readouterr().err
    assert (end.value.code, err.count("\n")) == (2, 1)
    assert err.startswith(f"sloc: {folder}/http.yaml:{message}")
    assert SECRET not in err


@pytest.mark.parametrize("text", [text for text, _ in REFUSED.values()], ids=REFUSED)
@pytest.mark.usefixtures("prometheus_3")
def test_promtool_refuses_them_too(folder: Path, text: str) -> None:
    (folder / "http.yaml").write_text(text)
    with serving() as stub:
        command = [binaries.promtool(), "query", "instant", "--http.config.file=http.yaml", stub.url, "vector(1)"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert (done.returncode != 0, stub.requests) == (True, [])


@pytest.mark.parametrize("name", ["absent.yaml", "."])
def test_a_file_that_cannot_be_read(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_http_config(str(folder / name))
    assert capsys.readouterr().err.startswith(f"sloc: {folder / name}: ")


def test_certificates_of_files(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server, _ = authority.signed("server", "DNS:prometheus.internal"), authority.signed("client", "DNS:client")
    (tmp_path / "http.yaml").write_text(
        "tls_config: {ca_file: ca.pem, cert_file: client.pem, key_file: client.key, server_name: prometheus.internal}"
    )
    with serving(tls=authority.serves(server, clients=True)) as stub:
        assert Server(stub.url, read_http_config(str(tmp_path / "http.yaml"))).answer([ONE]).vector(ONE)
        (tmp_path / "http.yaml").write_text(
            "tls_config: {insecure_skip_verify: true, cert_file: client.pem, key_file: client.key}"
        )
        assert Server(stub.url, read_http_config(str(tmp_path / "http.yaml"))).answer([ONE]).vector(ONE)


def test_an_encrypted_key_asks_nobody_for_its_password(tmp_path: Path) -> None:
    """On a terminal, OpenSSL would ask, and wait."""
    pair = Authority(tmp_path).own
    locked = ["openssl", "ec", "-in", pair.key, "-out", tmp_path / "locked.key", "-aes256", "-passout", "pass:hunter2"]
    subprocess.run([*map(str, locked)], check=True, capture_output=True)
    (tmp_path / "http.yaml").write_text("tls_config: {cert_file: ca.pem, key_file: locked.key}")
    code = f"from slocompiler.cli.http_config import *; read_http_config({str(tmp_path / 'http.yaml')!r})"
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", code])
    os.write(terminal, b"\n\n")  # for a question, if there is one
    shown = b""
    with suppress(OSError):  # the end of a terminal
        while part := os.read(terminal, 4096):
            shown += part
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert b"http.yaml:1:25: this cannot be loaded: " in shown
    assert b"pass phrase" not in shown
