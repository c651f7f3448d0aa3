"""A certificate authority of the tests, and certificates that it signs, made by the program openssl."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from typing import NamedTuple

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Pair(NamedTuple):
    """The files of a certificate and of its key."""

    certificate: Path
    key: Path


class Authority:
    """An authority with its files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.own = Pair(folder / "ca.pem", folder / "ca.key")
        names = ("-subj", "/CN=Authority of the tests", "-days", "2")
        _openssl("req", "-x509", *_KEY, "-keyout", self.own.key, "-out", self.own.certificate, *names)

    def signed(self, name: str, alternative: str) -> Pair:
        """A certificate for a name of a server, such as `IP:127.0.0.1`, and its key."""
        pair = Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        request, extensions = self._folder / f"{name}.csr", self._folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternative}\n")
        _openssl("req", *_KEY, "-keyout", pair.key, "-out", request, "-subj", f"/CN={name}")
        authority = ("-CA", self.own.certificate, "-CAkey", self.own.key, "-CAcreateserial", "-days", "2")
        _openssl("x509", "-req", "-in", request, *authority, "-extfile", extensions, "-out", pair.certificate)
        return pair

    def serves(self, pair: Pair, clients: bool = False) -> ssl.SSLContext:
        """What a server with this certificate needs. With `clients`, it wants one of them, too."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair.certificate, pair.key)
        if clients:
            context.load_verify_locations(self.own.certificate)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


def _openssl(*arguments: object) -> None:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
