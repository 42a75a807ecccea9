"""Servers on this machine that keep files: S3's, Google's, a web server, and one of sftp."""

from __future__ import annotations

import http.server
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import paramiko

USER, PASSWORD = "ann", "s3cret word"
BUCKET = "captures"


@contextmanager
def s3_server() -> Iterator[str]:
    """moto's server of S3; gives its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextmanager
def gcs_server() -> Iterator[str]:
    """An emulator of Google Cloud Storage; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    argv = [sys.executable, "-m", "gcp_storage_emulator", "start", f"--port={port}"]
    argv += ["--host=127.0.0.1", f"--default-bucket={BUCKET}", "--in-memory"]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for_port(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def wait_for_port(port: int) -> None:
    """Waits until a server listens there."""
    for _ in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise TimeoutError(port)


class _Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/denied"):
            self.send_error(403)
        else:
            super().do_GET()

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def http_server(folder: Path) -> Iterator[str]:
    """Python's web server over a folder; gives its address."""
    handler = partial(_Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


class _Login(paramiko.ServerInterface):  # type: ignore[misc]
    def check_auth_password(self, username: str, password: str) -> Any:
        is_right = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED)


class _Files(paramiko.SFTPServerInterface):  # type: ignore[misc]
    """The files of this machine."""

    def canonicalize(self, path: str) -> str:
        return os.path.realpath(path)

    def list_folder(self, path: str) -> Any:
        return self._answer(
            lambda: [
                paramiko.SFTPAttributes.from_stat(entry.stat(), entry.name)
                for entry in os.scandir(path)
            ]
        )

    def stat(self, path: str) -> Any:
        return self._answer(lambda: paramiko.SFTPAttributes.from_stat(os.stat(path)))

    def lstat(self, path: str) -> Any:
        return self._answer(lambda: paramiko.SFTPAttributes.from_stat(os.lstat(path)))

    def open(self, path: str, flags: int, attr: Any) -> Any:
        def work() -> Any:
            handle = paramiko.SFTPHandle(flags)
            number = os.open(path, flags, 0o644)
            mode = "wb" if flags & os.O_WRONLY else "r+b" if flags & os.O_RDWR else "rb"
            handle.readfile = handle.writefile = os.fdopen(number, mode)
            return handle

        return self._answer(work)

    def remove(self, path: str) -> Any:
        return self._answer(lambda: os.unlink(path))

    def posix_rename(self, oldpath: str, newpath: str) -> Any:
        return self._answer(lambda: os.replace(oldpath, newpath))

    def chattr(self, path: str, attr: Any) -> Any:
        return self._answer(lambda: paramiko.SFTPServer.set_file_attr(path, attr))

    @staticmethod
    def _answer(work: Any) -> Any:
        try:
            found = work()
            return paramiko.SFTP_OK if found is None else found
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)


@contextmanager
def sftp_server(home: Path) -> Iterator[str]:
    """A server of sftp, whose key stands in known_hosts in `home`; gives its address."""
    key = paramiko.ECDSAKey.generate()
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    (home / ".ssh").mkdir()
    known = f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n"
    (home / ".ssh" / "known_hosts").write_text(known)
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            transport = paramiko.Transport(connection)
            transports.append(transport)
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files)
            transport.start_server(server=_Login())

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        listening.close()
        for transport in transports:
            transport.close()
