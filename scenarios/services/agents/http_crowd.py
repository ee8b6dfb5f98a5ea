"""Clients of HTTP that ask one after the other, or all at once, and tell what each got: http_crowd.py HOST PORT

On standard input JSON, a line: workers (clients at once), each (requests of each; 0: until another line comes), targets (in turn), method, body
(text), fields, keep (whether a client keeps its connection), pause (s between its requests), sources (addresses to connect from, in turn), seconds
(for which an answer is waited for). It prints "begun" when the first answer is there, and at the end a line of JSON, a list: target, status (0: none), node (X-Node), body
(text; of long ones their length and SHA-256), cookie, why (there is no answer), at (seconds since the epoch). A kept connection that was closed
between two requests is opened anew, as every client does.
"""

import hashlib
import http.client
import itertools
import json
import sys
import threading
import time

HOST, PORT = sys.argv[1], int(sys.argv[2])
SHORT = 4096  # bytes
stop, begun, lock, found = threading.Event(), threading.Event(), threading.Lock(), []


class Client:
    def __init__(self, given, number):
        sources = given.get("sources") or [""]
        self.given, self.number, self.connection = given, number, None
        self.source = (sources[number % len(sources)], 0) if sources[0] else None

    def run(self):
        for turn in itertools.count():
            if stop.is_set() or (self.given["each"] and turn >= self.given["each"]):
                break
            targets = self.given["targets"]
            one = self.ask(targets[(self.number + turn * self.given["workers"]) % len(targets)])
            with lock:
                found.append(one)
            if not begun.is_set():
                begun.set()
                print("begun", flush=True)
            time.sleep(self.given.get("pause", 0))
        if self.connection:
            self.connection.close()

    def ask(self, target):
        again = self.connection is not None
        try:
            return self.once(target)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as error:
            self.connection = None
            if not again or self.given["method"] == "POST":
                return failed(target, error)
        except (http.client.HTTPException, OSError, ValueError) as error:
            self.connection = None
            return failed(target, error)
        return self.ask(target)

    def once(self, target):
        if not self.connection:
            self.connection = http.client.HTTPConnection(HOST, PORT, timeout=self.given.get("seconds", 10), source_address=self.source)
        keep = {} if self.given.get("keep") else {"Connection": "close"}
        body = self.given["body"].encode("latin-1") if self.given.get("body") else None
        self.connection.request(self.given["method"], target, body, {**keep, **self.given.get("fields", {})})
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.will_close or not keep == {}:
            self.connection.close()
            self.connection = None
        text = data.decode("latin-1") if len(data) <= SHORT else f"{len(data)} {hashlib.sha256(data).hexdigest()}"
        words = {"status": answer.status, "node": answer.headers["X-Node"] or "", "cookie": answer.headers["Set-Cookie"] or ""}
        return {"target": target, "body": text, "why": "", "at": time.time(), **words}


def failed(target, error):
    return {"target": target, "status": 0, "node": "", "body": "", "cookie": "", "why": f"{type(error).__name__}: {error}", "at": time.time()}


def main():
    given = json.loads(sys.stdin.readline())
    clients = [threading.Thread(target=Client(given, number).run) for number in range(given["workers"])]
    for one in clients:
        one.start()
    if not given["each"]:
        sys.stdin.readline()
        stop.set()
    for one in clients:
        one.join()
    print(json.dumps(found), flush=True)


main()
