"""HTTP clients of other languages and makers, and as students write them (services.ex03 and its like)."""

from __future__ import annotations

import os

from harness import Right, compiled, program

_WORDS = [f"{name}={{{name}}}" for name in ("url", "proxy", "port", "log", "output")]
_ALL = ["", "-proxy", "-redirects", "-credentials", "-bodies", "-broken", "-again", "-busy", "-hostile", "-addresses"]
# Name, command, questions of this exercise. HTTP::Tiny takes no relative Location; `java` compiles the program each time.
_PROGRAMS = [
    ("sheet-python", program("http_sheet.py", "--url", "{url}", "--proxy={proxy}", "--port={port}"), _ALL),
    ("urllib", program("http_urllib.py", *_WORDS), ["", "-proxy", "-redirects", "-bodies"]),
    ("tiny-perl", program("http_tiny.pl", *_WORDS, by="perl"), ["", "-proxy", "-bodies"]),
    ("node", program("http_client.js", *_WORDS, by="node"), ["", "-proxy", "-redirects", "-broken", "-hostile"]),
    ("java", program("HttpGet.java", *_WORDS, by="java"), ["", "-proxy"]),
    ("c", compiled("http_client.c", *_WORDS), ["", "-proxy", "-redirects", "-bodies", "-broken"]),
    ("bash", program("http_bash.sh", *_WORDS, by="bash"), ["", "-proxy", "-redirects", "-bodies", "-broken", "-again"]),
    ("wget", program("http_wget.sh", *_WORDS, "timeout={timeout}", "tries={tries}", by="sh"), _ALL),
    ("curl", program("http_curl.sh", *_WORDS, "timeout={timeout}", by="sh"), _ALL),
]


def _is_here(name: str) -> bool:
    """Whether it is installed, if it is a package of its own: its wrapper does not tell."""
    return name not in ("wget", "curl") or os.access(f"/usr/bin/{name}", os.X_OK)


RIGHT = [Right(f"services.ex03{part}", name, {"http-client": command}) for name, command, parts in _PROGRAMS if _is_here(name) for part in parts]
