"""A real capture with a bit of everything: ARP, ICMP and its errors, fragments, UDP, TCP with resets and retransmissions,
IPv6, IGMP and HTTP, recorded on h1 of two segments with a router between them."""

from __future__ import annotations

import atexit
import functools
import pathlib
import shutil
import subprocess
import tempfile
import time

from harness.evidence.capture.recorder import Recorder, finish
from harness.world.cell import Cell, open_vswitch

_JOIN = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.setsockopt(0, 35, socket.inet_aton('239.1.2.3') + socket.inet_aton('10.0.1.1')); s.close()"
_SEND = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(bytes({size}), ('{address}', {port})); s.close()"
_CONNECT = "import socket; s = socket.socket(); s.settimeout({wait}); s.connect(('{address}', {port}))"
_FETCH = "import urllib.request; print(len(urllib.request.urlopen('http://10.0.2.1:8000/etc/services').read()))"


def record(folder: str) -> int:
    """The cell's job: writes h1-eth0.pcapng into the folder."""
    from harness.stage.sockets import listening
    from harness.world.network import Network
    from topologies.two_segments import TwoSegments

    if open_vswitch.usable():
        open_vswitch.start()
    with Network(TwoSegments(1)) as network:
        h1, h2, r1 = (network.net[name] for name in ("h1", "h2", "r1"))
        recorder = Recorder(h1.defaultIntf(), pathlib.Path(folder, "h1-eth0.pcapng"))
        recorder.wait_live()

        def on(host, *command: str) -> None:
            subprocess.run(["mnexec", "-a", str(host.pid), *command], check=False, stdin=subprocess.DEVNULL, timeout=30)

        def python(host, text: str) -> None:
            on(host, "/usr/bin/python3", "-c", text)

        server = subprocess.Popen(
            ["mnexec", "-a", str(h2.pid), "/usr/bin/python3", "-m", "http.server", "8000", "--directory", "/"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        on(h1, "ping", "-c", "2", "-i", "0.2", "10.0.2.1")
        on(h1, "ping", "-c", "1", "-s", "3000", "10.0.2.1")
        on(h1, "ping", "-c", "1", "-t", "1", "-W", "1", "10.0.2.1")
        on(h1, "ping", "-6", "-c", "2", "-i", "0.2", "ff02::1%h1-eth0")
        python(h1, _JOIN)
        for size, port in ((10, 9), (1200, 5000), (5000, 5000), (0, 9)):
            python(h1, _SEND.format(size=size, address="10.0.2.1", port=port))
        python(h1, _CONNECT.format(address="10.0.2.1", port=81, wait=2))  # refused
        python(h1, _CONNECT.format(address="172.16.0.1", port=81, wait=2))  # the router knows no way: ICMP quotes TCP
        on(r1, "ip", "route", "add", "blackhole", "172.17.0.0/16")
        python(h1, _CONNECT.format(address="172.17.0.1", port=81, wait=1.3))  # nobody answers: SYN again
        while not listening(h2.pid, "tcp", 8000):
            time.sleep(0.01)
        python(h1, _FETCH)
        server.kill()
        server.wait()
        finish([recorder])
    return 0


@functools.cache
def varied_capture() -> pathlib.Path:
    """The file, recorded once per test run."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="wireproof-varied-"))
    atexit.register(shutil.rmtree, folder)
    with tempfile.TemporaryFile("w+") as output:
        with Cell("tests.harness.varied_capture:record", str(folder), [folder], stdout=output, stderr=output) as cell:
            status = cell.wait(60)
        output.seek(0)
        assert status == 0, output.read()
    return folder / "h1-eth0.pcapng"
