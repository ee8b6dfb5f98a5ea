"""HTTP clients of other languages and makers, and as students write them (services.ex03 and its like)."""

from __future__ import annotations

from harness import Right, compiled, program

_ALL = ["", "-proxy", "-redirects", "-credentials", "-bodies", "-broken", "-again", "-busy", "-hostile", "-addresses"]
_WORDS = [f"{name}={{{name}}}" for name in ("url", "proxy", "port", "log", "output")]
_PROGRAMS = {
    "sheet-python": program("http_sheet.py", "--url", "{url}", "--proxy={proxy}", "--port={port}"),
    "urllib": program("http_urllib.py", *_WORDS),
    "tiny-perl": program("http_tiny.pl", *_WORDS, by="perl"),
    "node": program("http_client.js", *_WORDS, by="node"),
    "java": program("HttpGet.java", *_WORDS, by="java"),
    "c": compiled("http_client.c", *_WORDS),
    "wget": program("http_wget.sh", *_WORDS, "timeout={timeout}", "tries={tries}", by="sh"),
    "curl": program("http_curl.sh", *_WORDS, "timeout={timeout}", by="sh"),
}
RIGHT = [Right(f"services.ex03{part}", name, {"http-client": command}) for name, command in _PROGRAMS.items() for part in _ALL]
