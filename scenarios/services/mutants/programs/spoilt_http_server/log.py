"""A line for each reply, in the combined format."""

import re
import sys
import threading
import time

from faults import GIVEN, is_

_FILE = open(GIVEN["log"], "a") if GIVEN.get("log") else sys.stdout
_lock = threading.Lock()


def log(address, request, status, length):
    if is_("keeps-no-log"):
        return
    agent, referer, line = "-", "-", "-"
    if request:
        if is_("logs-refused-ones-only") and status < 400:
            return
        agent, referer = (request.fields.get(name, "-") for name in ("user-agent", "referer"))
        line = f"{request.method} {request.target} HTTP/1.{int(request.modern)}"
    if not is_("logs-whatever-it-is-told"):
        agent, referer, line = (re.sub(r'[^ !#-\[\]-~]', lambda found: f"\\x{ord(found[0]):02x}", text) for text in (agent, referer, line))
    when = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())
    with _lock:
        print(f'{address} - - [{when}] "{line}" {status} {length} "{referer}" "{agent}"', file=_FILE, flush=True)
