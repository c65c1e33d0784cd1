"""A proxy between a browser and the gateway that holds back what streams say, as some that buffer do."""

import socket
import threading
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
