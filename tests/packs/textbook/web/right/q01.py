"""What web.q01 must accept."""

from harness import Right, program

RIGHT = [
    Right("web.q01", "library-threads", {"web-server": program("library.py", "{port}", "{folder}")}),
    Right("web.q01", "asyncio-in-pieces", {"web-server": program("streams.py", "{port}", "{folder}")}),
]
