"""HTTP load balancers as students of several languages write them: by requests and by connections, in turn, by chance, by address (services.ex08)."""

from harness import Right, compiled, program

# The sheet's program knows no option for its file: it lies where it is started.
_SHEET = "sh -c 'cp \"$0\" config.ini && exec /usr/bin/python3 \"$1\" --port \"$2\"' {config} {here}/programs/http_balancer_sheet.py {port}"
_EVERYWHERE = ["", "-dead", "-dies", "-address", "-hostile", "-keep"]
_PROGRAMS = {
    "sheet-python": _SHEET,
    "threads-python": program("http_balancer_threads.py", "{config}", "{port}"),
    "connections-asyncio": program("http_balancer_asyncio.py", "{config}", "{port}"),
    "least-connections-node": program("http_balancer.js", "{config}", "{port}", by="node"),
    "by-address-perl": program("http_balancer.pl", "{config}", "{port}", by="perl"),
    "fork-c": compiled("http_balancer.c", "{config}", "{port}"),
    "library-java": program("HttpBalancer.java", "{config}", "{port}", by="java"),
}
_SOME = {"sheet-python": ["", "-dead", "-keep"], "library-java": ["", "-dead"]}

RIGHT = [
    Right(f"services.ex08{part}", name, {"http-balancer": command})
    for name, command in _PROGRAMS.items()
    for part in _SOME.get(name, _EVERYWHERE)
]
