"""The least that a proxy in front of a hosted installation does: end TLS, and say so to what is behind it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def certificate(folder: Path) -> ssl.SSLContext:
    """A certificate of nobody for ``localhost``, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file = folder / "certificate.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


class Proxy:
    """Passes one request on for each connection, from a port of its own to ``behind``.

    Attributes:
        swallows: requests to addresses that begin so reach the server, and their answers reach nobody.
        passed: the bytes of every request that was passed on.
    """

    def __init__(self, folder: Path, behind: int) -> None:
        self.behind, self._context = behind, certificate(folder)
        self._port, self.swallows = 0, ""
        self.passed: list[bytes] = []
        self.open()
        self.address = f"https://localhost:{self._port}"

    def open(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._listening = socket.create_server(("127.0.0.1", self._port))
        self._closed = False
        self._port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, args=(self._listening,), daemon=True).start()

    def close(self) -> None:
        """Nobody gets through any more, not by a connection that the browser had opened beforehand either."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes who waits for the next
        self._listening.close()

    def _serve(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                coming, _address = listening.accept()
                threading.Thread(target=self._pass, args=(coming,), daemon=True).start()

    def _pass(self, coming: socket.socket) -> None:
        with contextlib.suppress(OSError), self._context.wrap_socket(coming, server_side=True) as browser:
            asked = b""
            while b"\r\n\r\n" not in asked:
                piece = browser.recv(65536)
                if not piece:
                    return
                asked += piece
            if self._closed:
                return
            head, _, body = asked.partition(b"\r\n\r\n")
            lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
            length = next((int(x.split(b":")[1]) for x in lines if x.lower().startswith(b"content-length:")), 0)
            while len(body) < length:
                body += browser.recv(65536)
            lines += [b"X-Forwarded-Proto: https", b"X-Forwarded-For: 203.0.113.9", b"Connection: close"]
            swallowed = bool(self.swallows) and self.swallows.encode() in lines[0]
            self.passed.append(head + b"\r\n\r\n" + body)
            with socket.create_connection(("127.0.0.1", self.behind), timeout=30) as server:
                server.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
                while piece := server.recv(65536):
                    if not swallowed:
                        browser.sendall(piece)
