"""Several HTTP clients at once, where wrk is not installed: `python -m tests.benchmarks.clients PORT CLIENTS SECONDS HEX`.

Sends the request that HEX spells over and over, on so many connections, and prints the requests per second. It is
itself Python, so that it caps what a fast server can show.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


async def _client(port: int, wire: bytes, end: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = 0
    while time.perf_counter() < end:
        writer.write(wire)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")):
            raise RuntimeError(head.decode(errors="replace"))
        found = _LENGTH.search(head)
        if b"chunked" in head.lower():
            while await reader.readuntil(b"\r\n") != b"0\r\n":
                pass
            await reader.readexactly(2)
        elif found and head.startswith(b"HTTP/1.1 200"):
            await reader.readexactly(int(found[1]))
        asked += 1
    writer.close()
    return asked


async def _rate(port: int, clients: int, seconds: float, wire: bytes) -> float:
    began = time.perf_counter()
    asked = await asyncio.gather(*(_client(port, wire, began + seconds) for _ in range(clients)))
    return sum(asked) / (time.perf_counter() - began)


if __name__ == "__main__":
    port, clients, seconds, wire = sys.argv[1:]
    print(asyncio.run(_rate(int(port), int(clients), float(seconds), bytes.fromhex(wire))))
