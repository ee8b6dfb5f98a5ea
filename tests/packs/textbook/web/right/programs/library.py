"""The library's own server, a thread a client: library.py PORT FOLDER"""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

with ThreadingHTTPServer(("", int(sys.argv[1])), partial(SimpleHTTPRequestHandler, directory=sys.argv[2])) as server:
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
