"""What web.q01 must reject."""

from harness import Mutant, program

FAULTS = {
    "counts-characters": "Content-Length is the number",
    "no-length": "Content-Length is the number",
    "plain": "Content-Type of a page",
    "no-type": "Content-Type of a page",
    "cuts": "the body is the file",
    "text-mode": "the body is the file",
    "newline-added": "the body is the file",
    "always-200": "status for a file that is not there",
    "404-is-500": "status for a file that is not there",
    "hangs-up": "status for a file that is not there",
    "dies-of-missing": "after a 404: the server answers",
    "one-client": "the server answers GET /nobody.html",
    "two-clients": "after a 404: the server answers",
    "bare-newlines": "each line of the header ends with CR LF",
    "no-empty-line": "each line of the header ends with CR LF",
    "body-alone": "status for a file that is there",
    "stays-open": "the server answers GET /hello.html and closes",
}

OPTIONS = ["{port}", "{folder}"]
MUTANTS = [Mutant("web.q01", name, words, {"web-server": program("wrong.py", name, *OPTIONS)}) for name, words in FAULTS.items()]
