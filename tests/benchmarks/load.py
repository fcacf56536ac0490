"""Requests for the benchmarks: one after the other over one connection, or many at once by wrk."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_FAILED = re.compile(r"Non-2xx or 3xx responses: (\d+)")


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request that is sent over and over."""

    port: int
    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def wire(self) -> bytes:
        """The request as it is sent."""
        headers = {"Host": f"127.0.0.1:{self.port}", **self.headers}
        if self.body:
            headers["Content-Length"] = str(len(self.body))
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


def operation(port: int, path: str, document: str, variables: Mapping[str, object]) -> Request:
    """A GraphQL operation by POST, which no cache may answer."""
    body = json.dumps({"query": document, "variables": variables}).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    return Request(port, path, "POST", headers, body)


class Line:
    """One connection that is kept open. Raises RuntimeError for an answer that is neither 200 nor 304."""

    def __init__(self, request: Request) -> None:
        self._wire = request.wire()
        self._socket = socket.create_connection(("127.0.0.1", request.port), timeout=120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> int:
        """Send the request and read the whole answer; the size of its body."""
        self._socket.sendall(self._wire)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        if status not in (200, 304):
            raise RuntimeError(f"status {status}: {data[:500].decode(errors='replace')}")
        lower = head.lower()
        if b"transfer-encoding: chunked" in lower:
            while not body.endswith(b"0\r\n\r\n"):
                body += self._more()
            return len(body)
        found = re.search(rb"content-length: (\d+)", lower)
        length = int(found[1]) if found and status != 304 else 0
        size = len(body)
        while size < length:
            size += len(self._more())
        return size

    def _more(self) -> bytes:
        data = self._socket.recv(1 << 20)
        if not data:
            raise RuntimeError("the server closed the connection")
        return data

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


def warm(request: Request, seconds: float = 0.5, most: int = 2_000) -> float:
    """Ask for a while, so that caches and compilers are warm; seconds per request at the end."""
    line = Line(request)
    end, took = time.perf_counter() + seconds, 0.0
    for _ in range(most):
        began = time.perf_counter()
        line.ask()
        took = time.perf_counter() - began
        if began + took > end:
            break
    line.close()
    return took


def cpu_per_request(request: Request, cpu: Callable[[], float], seconds: float) -> float:
    """CPU milliseconds that a server takes per request, asked for so many seconds (three requests at least)."""
    line = Line(request)
    line.ask()
    before, asked, end = cpu(), 0, time.perf_counter() + seconds
    while asked < 3 or time.perf_counter() < end:
        line.ask()
        asked += 1
    spent = cpu() - before
    line.close()
    return spent * 1000 / asked


def rate(request: Request, clients: int, seconds: float) -> float:
    """Requests per second with so many clients at once, measured for whole seconds.

    wrk asks where it is installed, else our own clients in another process.
    """
    if shutil.which("wrk") is None:
        return _own_rate(request, clients, seconds)
    headers = "".join(f"wrk.headers[{json.dumps(k)}] = {json.dumps(v)}\n" for k, v in request.headers.items())
    script = f"wrk.method = {json.dumps(request.method)}\n{headers}"
    if request.body:
        script += f"wrk.body = {_lua(request.body.decode())}\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "request.lua"
        path.write_text(script)
        address = f"http://127.0.0.1:{request.port}{request.path}"
        command = [
            "wrk",
            "-t1",
            f"-c{clients}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "30s",
            "-s",
            str(path),
            address,
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 120).stdout
    failed = _FAILED.search(said)
    if failed:
        raise RuntimeError(f"{failed[1]} requests failed: {request.method} {request.path}")
    found = _RATE.search(said)
    if found is None:
        raise RuntimeError(f"wrk said: {said}")
    return float(found[1])


def _lua(text: str) -> str:
    return "[==[" + text + "]==]"


def _own_rate(request: Request, clients: int, seconds: float) -> float:
    words = [str(request.port), str(clients), str(seconds), request.wire().hex()]
    command = [sys.executable, "-m", "tests.benchmarks.clients", *words]
    return float(subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 120).stdout)
