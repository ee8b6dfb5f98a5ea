"""The library's own server, a thread a client, with a page of its own for 404: http_library.py ROOT PORT"""

import functools
import http.server
import sys


class Handler(http.server.SimpleHTTPRequestHandler):
    error_message_format = "<!DOCTYPE html><html><head><title>%(code)d</title></head><body><h1>%(code)d</h1><p>%(message)s: %(explain)s</p></body></html>"


server = http.server.ThreadingHTTPServer(("", int(sys.argv[2])), functools.partial(Handler, directory=sys.argv[1]))
try:
    server.serve_forever()
except KeyboardInterrupt:
    pass
