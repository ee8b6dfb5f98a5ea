"""An HTTP client, spoilt: spoilt_http_client FAULT url=… proxy=… port=… log=… output=… timeout=… tries=…; without a FAULT it is right."""

import sys
import urllib.parse

from attempts import fetched
from given import fault, given
from saving import saved
from wrong import Wrong


try:
    if fault == "opens-it-first" and given.get("output"):
        open(given["output"], "wb").close()
    parts = urllib.parse.urlsplit(given["url"])
    user = urllib.parse.unquote(parts.netloc.rpartition("@")[0])
    start = given["url"] if fault == "names-the-user" else urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    body = fetched(start, user)
    if fault == "prints-the-password" and user:
        print(f"logged in as {user}")
    saved(body)
except (Wrong, OSError, ValueError) as error:
    if fault in ("has-one-word-for-what-is-strange", "has-one-word-for-gzip"):
        error = "error"
    if fault != "says-nothing":
        print(f"http-client: {error}", file=sys.stderr)
    sys.exit(0 if fault == "status-0" else 1)
