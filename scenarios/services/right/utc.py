"""Servers and clients of UTC in protocols of their makers' own, over UDP and TCP, and in ours (services.ex10)."""

from harness import Right, compiled, program

_TO = ("{host}", "{port}")
_PAIRS = {
    "sheet-python": (program("utc_server.py", "--port", "{port}"), program("utc_client.py", "--host", "{host}", "--port", "{port}")),
    "tcp-c-sets-the-system": (compiled("utc_server.c", "{port}"), compiled("utc_client.c", *_TO)),
    "json-node": (program("utc_server.js", "{port}", by="node"), program("utc_client.js", *_TO, by="node")),
    "binary-java": (program("UtcServer.java", "{port}", by="java"), program("UtcClient.java", *_TO, by="java")),
    "best-of-four-c": (program("utc_text_server.pl", "{port}", by="perl"), compiled("utc_best_of_four.c", *_TO)),
}
_NAMES = ("json", "samples", "rounds", "interval", "adjust", "least_delay", "drift", "drift_error")
_PYTHON = program("../../mutants/programs/utc_client.py", "without-fault", *_TO, *(f"{name}={{{name}}}" for name in _NAMES))
_PARTS = ("-error", "-best", "-slew", "-restart", "-drift", "-years", "-hostile")

RIGHT = [
    *(Right("services.ex10", name, {"utc-server": server, "utc-client": client}) for name, (server, client) in _PAIRS.items()),
    Right("services.ex10", "ours-client-perl", {"utc-client": program("utc_client.pl", *_TO, by="perl")}),
    *(Right(f"services.ex10{part}", "ours-client-python", {"utc-client": _PYTHON}) for part in _PARTS),
    Right("services.ex10", "ours-server-perl", {"utc-server": program("utc_server.pl", "{port}", by="perl")}),
]
