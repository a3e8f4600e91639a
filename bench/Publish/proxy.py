"""A proxy in front of the registry that counts what passes, and can be as slow as a long way."""

import asyncio
import re
import threading
import time

REQUEST = re.compile(rb"(GET|HEAD|POST|PUT|PATCH|DELETE) (\S+) HTTP/1\.1\r\n")
CHUNK = 64 * 1024


class Count:
    """What passed between two looks: bytes to and from the registry, and each request with its begin and the begin of its answer."""

    def __init__(self):
        self.sent = 0
        self.received = 0
        self.requests = []

    def rounds(self):
        """The most requests of which each began after the answer to the one before: what a long way multiplies."""
        rounds, free = 0, 0.0
        for begin, end, _ in sorted(self.requests, key=lambda r: r[1]):
            if begin >= free:
                rounds, free = rounds + 1, end
        return rounds

    def blob_uploads(self):
        return [line for _, _, line in self.requests if line.split()[0] in ("POST", "PATCH") or (line.startswith("PUT") and "/manifests/" not in line)]


class Way:
    """One direction: a rate that all connections share, and a time under way."""

    def __init__(self, bits_per_second, seconds):
        self.rate = bits_per_second / 8 if bits_per_second else None
        self.seconds = seconds
        self.free = 0.0

    def arrival(self, size):
        now = time.monotonic()
        self.free = max(self.free, now) + (size / self.rate if self.rate else 0)
        return self.free + self.seconds


class Proxy:
    """Listens on a free port of the loopback, in a thread of its own."""

    def __init__(self, target_port, bits_per_second=None, round_trip=0.0):
        self.target_port = target_port
        self.up, self.down = Way(bits_per_second, round_trip / 2), Way(bits_per_second, round_trip / 2)
        self.count = Count()
        started = threading.Event()
        threading.Thread(target=self._run, args=(started,), daemon=True).start()
        started.wait()

    def take(self):
        """The count since the last call."""
        count, self.count = self.count, Count()
        return count

    def _run(self, started):
        async def serve():
            server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            started.set()
            await server.serve_forever()

        asyncio.run(serve())

    async def _connection(self, reader, writer):
        try:
            to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.close()
            return
        open_request = []  # the request on this connection that has no answer yet

        def sees_up(data):
            self.count.sent += len(data)
            if not open_request and (match := REQUEST.match(data)):
                open_request.append((time.monotonic(), f"{match[1].decode()} {match[2].decode()}"))

        def sees_down(data):
            self.count.received += len(data)
            if open_request:
                begin, line = open_request.pop()
                self.count.requests.append((begin, time.monotonic() + self.down.seconds, line))

        await asyncio.gather(
            self._pipe(reader, to_writer, self.up, sees_up), self._pipe(to_reader, writer, self.down, sees_down), return_exceptions=True
        )

    @staticmethod
    async def _pipe(reader, writer, way, sees):
        queue = asyncio.Queue(maxsize=256)

        async def deliver():
            while (item := await queue.get()) is not None:
                arrival, data = item
                if (wait := arrival - time.monotonic()) > 0:
                    await asyncio.sleep(wait)
                writer.write(data)
                await writer.drain()

        async def receive():
            try:
                while data := await reader.read(CHUNK):
                    sees(data)
                    await queue.put((way.arrival(len(data)), data))
                    # What a sender may have under way is bounded, as by a window.
                    if (ahead := way.free - time.monotonic()) > 0.05:
                        await asyncio.sleep(ahead - 0.05)
            finally:
                await queue.put(None)

        try:
            await asyncio.gather(deliver(), receive())
        except (ConnectionError, OSError):
            pass
        finally:
            writer.close()
