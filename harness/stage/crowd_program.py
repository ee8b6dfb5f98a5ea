"""Many TCP clients in one process, run on a host by harness.stage.crowd: HOST PORT.

A line of standard input is an order, and each is answered by a line: a JSON object of what came back → how many clients got it.

arrive N TEXT  N clients connect one after another; each says TEXT and waits for what comes back before the next one comes
say TEXT       every client says TEXT at once; then all wait for what comes back
leave          every client ends its side; then all wait for the server's end

What came back is a text, "(closed)" or "(nothing)", which ends the wait after 25 s. Clients that were closed are forgotten.
"""

import collections
import json
import resource
import selectors
import socket
import sys
import time

PATIENCE = 25.0  # seconds
MOST_BYTES = 4096  # of one answer
CLOSED, NOTHING = "(closed)", "(nothing)"


class Crowd:
    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.clients: list[socket.socket] = []

    def arrive(self, count: int, text: bytes) -> collections.Counter[str]:
        heard: collections.Counter[str] = collections.Counter()
        for _ in range(count):
            client = socket.create_connection(self.address, PATIENCE)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.clients.append(client)
            heard += self._talk([client], text)
        return heard

    def say(self, text: bytes) -> collections.Counter[str]:
        return self._talk(self.clients, text)

    def leave(self) -> collections.Counter[str]:
        for client in self.clients:
            client.shutdown(socket.SHUT_WR)
        return self._listen(self.clients)

    def _talk(self, clients: list[socket.socket], text: bytes) -> collections.Counter[str]:
        for client in clients:
            try:
                client.sendall(text)
            except (BrokenPipeError, ConnectionResetError):
                pass  # what it can still read tells
        return self._listen(clients)

    def _listen(self, clients: list[socket.socket]) -> collections.Counter[str]:
        """Waits until each has received something or was closed."""
        heard: collections.Counter[str] = collections.Counter()
        end = time.monotonic() + PATIENCE
        with selectors.DefaultSelector() as waiting:
            for client in clients:
                waiting.register(client, selectors.EVENT_READ)
            while waiting.get_map() and (left := end - time.monotonic()) > 0:
                for key, _ in waiting.select(left):
                    waiting.unregister(key.fileobj)
                    assert isinstance(key.fileobj, socket.socket)  # only such were registered
                    heard[self._receive(key.fileobj)] += 1
            if silent := len(waiting.get_map()):
                heard[NOTHING] = silent
        return heard

    def _receive(self, client: socket.socket) -> str:
        try:
            data = client.recv(MOST_BYTES)
        except ConnectionResetError:
            data = b""
        if data:
            return data.decode("utf-8", "backslashreplace")
        self.clients.remove(client)
        client.close()
        return CLOSED


def main() -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    crowd = Crowd((sys.argv[1], int(sys.argv[2])))
    for line in sys.stdin:
        order, _, rest = line.rstrip("\n").partition(" ")
        if order == "arrive":
            count, _, text = rest.partition(" ")
            heard = crowd.arrive(int(count), text.encode())
        elif order == "say":
            heard = crowd.say(rest.encode())
        elif order == "leave":
            heard = crowd.leave()
        else:
            sys.exit(f"crowd: {order!r} is no order")
        print(json.dumps(heard), flush=True)


if __name__ == "__main__":
    main()
