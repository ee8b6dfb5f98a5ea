"""Servers of date and time, and clients of them, as students write them: each pair has a PDU of its own (services.ex02 and its like)."""

from __future__ import annotations

from harness import Right, compiled, program

_ASKED = ["--format={format}", "--zone={zone}", "--at={at}"]
_PYTHON = program("daytime_pair.py", "server", "--port", "{port}", "--zone={zone}", "--time-server={time_server}")
_PYTHON_CLIENT = program("daytime_pair.py", "client", "--host", "{host}", "--port", "{port}", *_ASKED)
_SHEET_CLIENT = program("daytime_pair.py", "client", "--format={format}", "--host", "{host}", "--port", "{port}")
_JAVA = program("DaytimePair.java", "server", "{port}", "--zone={zone}", by="java")
_JAVA_CLIENT = program("DaytimePair.java", "client", "{host}", "{port}", *_ASKED, by="java")
_NODE = program("daytime_pair.js", "server", "{port}", "--zone={zone}", by="node")
_NODE_CLIENT = program("daytime_pair.js", "client", "{host}", "{port}", *_ASKED, by="node")
# By RFC 867 alone.
_C = compiled("daytime_rfc867.c", "{port}")
_PERL = program("daytime_rfc867.pl", "{port}", by="perl")
_NODE_ALONE = program("daytime_rfc867.js", "{port}", "{zone}", by="node")

RIGHT = [
    Right("services.ex02", "sheet-python", {"daytime-server": _PYTHON, "daytime-client": _SHEET_CLIENT}),
    Right("services.ex02", "pair-python", {"daytime-server": _PYTHON, "daytime-client": _PYTHON_CLIENT}),
    Right("services.ex02", "pair-java", {"daytime-server": _JAVA, "daytime-client": _JAVA_CLIENT}),
    Right("services.ex02", "pair-node", {"daytime-server": _NODE, "daytime-client": _NODE_CLIENT}),
    Right("services.ex02", "rfc867-c", {"daytime-server": _C}),
    Right("services.ex02", "rfc867-perl", {"daytime-server": _PERL}),
    Right("services.ex02", "rfc867-node", {"daytime-server": _NODE_ALONE}),
    Right("services.ex02-limits", "rfc867-c", {"daytime-server": _C}),
    Right("services.ex02-sync", "python", {"daytime-server": _PYTHON}),
    Right("services.ex02-sync", "c", {"daytime-server": compiled("daytime_sntp.c", "{port}", "{time_server}")}),
]
