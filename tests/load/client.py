"""A small HTTP client for measuring: kept connections, one request at a time on each, nothing else in the way."""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Timings:
    """What was measured: seconds, in any order, and the answers' status codes."""

    seconds: list[float] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)
    took: float = 0.0

    def quantile(self, share: float) -> float:
        """Milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000

    @property
    def p50(self) -> float:
        return self.quantile(0.5)

    @property
    def p99(self) -> float:
        return self.quantile(0.99)

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.took


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: vuoro\r\n\r\n".encode()


def post(path: str, body: bytes, key: str) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: vuoro\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def one_by_one(port: int, requests: Sequence[bytes]) -> Timings:
    """One client, one request after the other."""
    found = Timings()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        began = time.perf_counter()
        for request in requests:
            sent = time.perf_counter()
            connection.sendall(request)
            code, _body = _receive(connection)
            found.seconds.append(time.perf_counter() - sent)
            found.codes[code] += 1
        found.took = time.perf_counter() - began
    return found


def _receive(connection: socket.socket) -> tuple[int, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = _length(head)
    while len(body) < length:
        body += connection.recv(65536)
    return int(head[9:12]), body


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line[15:])
    return 0


class Connection:
    """A kept connection of the event loop's."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        body = await self._reader.readexactly(_length(head))
        return int(head[9:12]), body

    def close(self) -> None:
        self._writer.close()


def together(port: int, clients: int, requests: Sequence[bytes]) -> Timings:
    """So many clients, each with a request after the other, until all requests are made."""
    return asyncio.run(_together(port, clients, list(requests)))


async def _together(port: int, clients: int, waiting: list[bytes]) -> Timings:
    found = Timings()
    waiting.reverse()
    connections = [await Connection.open(port) for _ in range(clients)]

    async def work(connection: Connection) -> None:
        while waiting:
            request = waiting.pop()
            sent = time.perf_counter()
            code, _body = await connection.ask(request)
            found.seconds.append(time.perf_counter() - sent)
            found.codes[code] += 1
        connection.close()

    began = time.perf_counter()
    await asyncio.gather(*(work(connection) for connection in connections))
    found.took = time.perf_counter() - began
    return found


def steadily(port: int, a_second: int, requests: Sequence[bytes], clients: int = 64) -> Timings:
    """So many requests a second whatever the answers take; each is timed from when it should have been sent."""
    return asyncio.run(_steadily(port, a_second, requests, clients))


async def _steadily(port: int, a_second: int, requests: Sequence[bytes], clients: int) -> Timings:
    found = Timings()
    idle: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(clients):
        idle.put_nowait(await Connection.open(port))
    began = time.perf_counter() + 0.1

    async def send(number: int, request: bytes) -> None:
        due = began + number / a_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        connection = await idle.get()
        code, _body = await connection.ask(request)
        found.seconds.append(time.perf_counter() - due)
        found.codes[code] += 1
        idle.put_nowait(connection)

    await asyncio.gather(*(send(number, request) for number, request in enumerate(requests)))
    found.took = time.perf_counter() - began
    while not idle.empty():
        idle.get_nowait().close()
    return found


@dataclass(frozen=True)
class Answer:
    """What one of many got who came at once."""

    number: int
    code: int
    body: bytes
    seconds: float


def all_at_once(port: int, clients: int, request: Callable[[int], bytes]) -> list[Answer]:
    """So many clients, connected beforehand, who all ask at one moment, in the order of their numbers."""
    return asyncio.run(_all_at_once(port, clients, request))


async def _all_at_once(port: int, clients: int, request: Callable[[int], bytes]) -> list[Answer]:
    connections = []
    for start in range(0, clients, 100):
        some = range(start, min(clients, start + 100))
        connections += await asyncio.gather(*(Connection.open(port) for _ in some))
    began = time.perf_counter()

    async def ask(number: int) -> Answer:
        code, body = await connections[number].ask(request(number))
        return Answer(number, code, body, time.perf_counter() - began)

    answers = await asyncio.gather(*(ask(number) for number in range(clients)))
    for connection in connections:
        connection.close()
    return answers
