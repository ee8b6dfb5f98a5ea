"""A thread a client, nodes in turn, by http.server and http.client, an answer held until it is whole: http_balancer_threads.py CONFIG PORT"""

import configparser
import http.client
import http.server
import itertools
import sys
import threading

config = configparser.ConfigParser()
config.read(sys.argv[1])
NODES = [(config[name]["host"], int(config[name]["port"])) for name in config.sections() if name.startswith("nodo")]
turn, lock = itertools.cycle(range(len(NODES))), threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        fields = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "content-length")}
        fields["X-Forwarded-For"] = self.client_address[0]
        with lock:
            first = next(turn)
        for place in NODES[first:] + NODES[:first]:
            node = http.client.HTTPConnection(*place, timeout=10)
            try:
                node.connect()
            except OSError:
                continue
            try:
                node.request(self.command, self.path, body, {**fields, "Connection": "close"})
                reply = node.getresponse()
                data = reply.read()
            except (OSError, http.client.HTTPException):
                self.send_error(502)
                return
            finally:
                node.close()
            self.send_response_only(reply.status, reply.reason)
            for name, value in reply.getheaders():
                if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                    self.send_header(name, value)
            if reply.status not in (204, 304):
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            return
        self.send_error(503)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128


try:
    Server(("", int(sys.argv[2])), Handler).serve_forever()
except KeyboardInterrupt:
    pass
