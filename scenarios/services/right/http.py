"""HTTP clients of other languages and makers, and as students write them (services.ex03 and its like)."""

from __future__ import annotations

from harness import Right, program

_WGET = program(
    "http_wget.sh", "URL={url}", "PROXY={proxy}", "PORT={port}", "LOG={log}", "OUTPUT={output}", "TIMEOUT={timeout}", "TRIES={tries}", by="sh",
)  # fmt: skip
_CURL = program("http_curl.sh", *(f'" {{{name}}}"' for name in ("url", "proxy", "port", "log", "output", "timeout")), by="sh")
RIGHT: list[Right] = []
