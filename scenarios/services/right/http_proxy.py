"""Caching proxies as students of several languages write them, and those of libraries (services.ex07 and its like)."""

from harness import Right, compiled, program

_PROGRAMS = {
    "sheet-python": program("proxy_sheet.py", "--port", "{port}"),
    "library-python": program("proxy_library.py", "{port}", "{cache}"),
    "asyncio-python": program("proxy_asyncio.py", "{port}", "{connect_ports}"),
    "threads-c": compiled("http_proxy.c", "{port}"),
    "forks-perl": program("http_proxy.pl", "{port}", by="perl"),
    "keeps-node": program("http_proxy.js", "{port}", by="node"),
    "sockets-java": program("HttpProxy.java", "{port}", by="java"),
}
_PARTS = ("-fresh", "-validation", "-vary", "-private", "-connect", "-collapse", "-stale", "-ranges", "-hostile", "-origins", "-via", "-clients")

RIGHT = [
    *(Right("services.ex07", name, {"http-proxy": command}) for name, command in _PROGRAMS.items()),
    *(Right("services.ex07-browsers", name, {"http-proxy": _PROGRAMS[name]}) for name in ("sheet-python", "keeps-node")),
    *(Right("services.ex07-restart", name, {"http-proxy": _PROGRAMS[name]}) for name in ("library-python",)),
    *(Right(f"services.ex07{part}", name, {"http-proxy": _PROGRAMS[name]}) for name in ("sheet-python", "keeps-node") for part in _PARTS),
]
