"""Proxies for tests: one that holds back what streams say, as some that buffer do, and one that cuts lines."""

import random
import socket
import threading
from contextlib import suppress
from types import TracebackType


class HoldingProxy:
    """Passes everything on, but nothing of the answer to a request for a stream while `holds`."""

    def __init__(self, port: int) -> None:
        self.holds = True
        self.held = 0
        self._target = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self._links: list[socket.socket] = []

    def __enter__(self) -> "HoldingProxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for link in self._links:
            link.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._links += [client, server]
            silent = threading.Event()
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=(source, sink, silent, source is client), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, silent: threading.Event, asks: bool) -> None:
        try:
            while piece := source.recv(65536):
                if asks and piece.startswith(b"GET /live/stream") and self.holds:
                    silent.set()
                    self.held += 1
                if asks or not silent.is_set():
                    sink.sendall(piece)
        except OSError:
            return
        finally:
            for link in (source, sink):
                try:
                    link.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue


class CuttingProxy:
    """Stands before pages and gateway, as a vendor's proxy does, and cuts connections.

    `rate`: how likely a piece is the last of its connection. A request is then cut in its middle, or its answer is, or
    lost as a whole, so that whoever asked cannot know what became of it.
    """

    def __init__(self, *, pages: int, gateway: int, chance: random.Random) -> None:
        """The two ports, and whose dice are thrown."""
        self.rate = 0.0
        self.cuts = 0
        self._ports = {False: pages, True: gateway}
        self._chance = chance
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._door.getsockname()[1])
        self._links: set[socket.socket] = set()

    def __enter__(self) -> "CuttingProxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self.cut_all()

    def cut_all(self) -> None:
        """All connections that are open end, in the middle of whatever they do."""
        for link in list(self._links):
            _end(link)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            self._links.add(client)
            first = client.recv(65536)
            is_for_gateway = first.split(b" ", 2)[1:2] != [] and first.split(b" ", 2)[1].startswith(
                (b"/live/", b"/api/")
            )
            with socket.create_connection(("127.0.0.1", self._ports[is_for_gateway]), timeout=60) as server:
                self._links.add(server)
                threading.Thread(target=self._pass, args=(server, client), daemon=True).start()
                self._forward(first, server, client)
                self._pass(client, server)
        self._links -= {client}

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                self._forward(piece, sink, source)
        for link in (source, sink):
            _end(link)
        self._links -= {source, sink}

    def _forward(self, piece: bytes, sink: socket.socket, source: socket.socket) -> None:
        if self._chance.random() >= self.rate:
            sink.sendall(piece)
            return
        self.cuts += 1
        sink.sendall(piece[: self._chance.randrange(len(piece))])
        for link in (sink, source):
            _end(link)
        raise ConnectionAbortedError


def _end(link: socket.socket) -> None:
    with suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)
