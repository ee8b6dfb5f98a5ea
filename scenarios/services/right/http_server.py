"""HTTP servers as students of several languages write them, and those of libraries (services.ex06 and its like)."""

from harness import Right, compiled, program

_PROGRAMS = {
    "sheet-python": program("http_server.py", "--root", "{root}", "--port", "{port}"),
    "library-python": program("http_library.py", "{root}", "{port}"),
    "fork-c": compiled("http_fork.c", "{root}", "{port}"),
    "without-lengths-perl": program("http_server.pl", "{root}", "{port}", by="perl"),
    "chunks-node": program("http_server.js", "{root}", "{port}", by="node"),
    "keeps-java": program("HttpServer.java", "{root}", "{port}", by="java"),
    "socat-bash": program("http_socat.sh", "{root}", "{port}", by="bash"),
    "select-perl": program("http_select.pl", "{root}", "{port}", by="perl"),
}
_PARTS = ("-header", "-methods", "-bad", "-keep", "-ranges", "-validators", "-compressed", "-log", "-root", "-slow", "-limits")

RIGHT = [
    *(Right("services.ex06", name, {"http-server": command}) for name, command in _PROGRAMS.items()),
    *(Right("services.ex06-browsers", name, {"http-server": _PROGRAMS[name]}) for name in ("sheet-python", "without-lengths-perl", "chunks-node")),
    *(Right("services.ex06-slow", name, {"http-server": _PROGRAMS[name]}) for name in ("sheet-python", "select-perl")),
    *(Right(f"services.ex06{part}", "fork-c", {"http-server": _PROGRAMS["fork-c"]}) for part in _PARTS),
]
