"""The router at the site's boundary hands the site's groups on, as if it were inside."""

import pathlib
import sys

from topologies import multicast_router


def tamper(net):
    router = net.get("r2")
    router.daemon.kill()
    router.daemon.wait()
    words = [sys.executable, "-IS", str(pathlib.Path(multicast_router.__file__)), *router.intfNames(), "--boundary=2"]
    router.daemon = router.popen(words, stderr=None)
    router.daemon.stdout.readline()
