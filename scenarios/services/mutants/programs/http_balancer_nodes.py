"""The wrong balancer's file and nodes: who is in, who is asked next."""

import re
import socket
import threading
import time

from http_balancer_messages import Stream, is_, read_response

NODE = {"host": str, "port": int, "weight": int, "max_connections": int}
OWN = {"policy": str, "check_path": str, "check_interval": float, "check_timeout": float, "rise": int, "fall": int, "slow_start": float, "sticky": str,
       "connect_timeout": float, "answer_timeout": float, "retries": int, "status_path": str}  # fmt: skip
DEFAULTS = {"policy": "round-robin", "check_path": "", "check_interval": 1.0, "check_timeout": 2.0, "rise": 1, "fall": 1, "slow_start": 0.0, "sticky": "off",
            "connect_timeout": 2.0, "answer_timeout": 30.0, "retries": 2, "status_path": ""}  # fmt: skip
ASIDE = 2.0  # s that a node is left alone after an error


class Wrong(Exception):
    """A file that cannot be used."""


def wrong(line, text):
    return Wrong(f"config.ini: {text}" if is_("says-no-line") or not line else f"config.ini:{line}: {text}")


def read_file(path):
    """The nodes and the settings. Raises Wrong, OSError."""
    sections, current = {}, None
    for number, text in enumerate(open(path, encoding="utf-8"), 1):
        text = text.strip()
        if not text or text[0] in "#;":
            continue
        if found := re.fullmatch(r"\[(.*)\]", text):
            current = found[1]
            if current in sections or not re.fullmatch(r"nodo\d+|balancer", current):
                raise wrong(number, f"[{current}] cannot stand here")
            sections[current] = {"": number}
            continue
        key, equals, value = (part.strip() for part in text.partition("="))
        if not equals or current is None:
            raise wrong(number, f"{text}: key = value is wanted")
        known = OWN if current == "balancer" else NODE
        if key not in known and is_("passes-over-unknown-keys"):
            continue
        if key not in known or key in sections[current]:
            raise wrong(number, f"{key} is unknown, or stands there twice")
        sections[current][key] = checked(number, key, value, known[key])
    own = {**DEFAULTS, **{key: value for key, value in sections.pop("balancer", {}).items() if key}}
    found = {}
    for name, given in sections.items():
        for key in ("host", "port"):
            if key not in given:
                raise wrong(given[""], f"{name} has no {key}")
        if (given["host"], given["port"]) in found and not is_("takes-nodes-twice"):
            raise wrong(given[""], f"{name} is there twice")
        found[given["host"], given["port"], name if is_("takes-nodes-twice") else ""] = Node(given)
        found.setdefault((given["host"], given["port"]), None)
    all_nodes = [one for one in found.values() if one]
    if not all_nodes:
        raise wrong(0, "no node, [nodoN]")
    return all_nodes, own


def checked(number, key, value, kind):
    try:
        found = kind(value)
    except ValueError:
        raise wrong(number, f"{key} = {value}: a number is wanted") from None
    bad = {"port": lambda: not 0 < found < 65536 and not is_("takes-port-0"), "policy": lambda: found not in ("round-robin", "least-connections"),
           "sticky": lambda: found not in ("off", "cookie")}.get(key, lambda: kind is not str and (found < 0 or found != found))  # fmt: skip
    if bad():
        raise wrong(number, f"{key} cannot be {value}")
    return found


class Node:
    def __init__(self, given):
        self.host, self.port = given["host"], 8001 if is_("knows-one-port") else given["port"]
        self.weight, self.most = given.get("weight", 1), given.get("max_connections", 0)
        self.up, self.good, self.bad, self.aside, self.since = True, 0, 0, 0.0, 0.0
        self.active, self.total, self.credit, self.removed, self.pool = 0, 0, 0.0, False, []

    @property
    def name(self):
        return f"{self.host}:{self.port}"

    def share(self, slow_start):
        if is_("ignores-weights"):
            return 1.0
        since = time.monotonic() - self.since
        if is_("slow-for-ever") and self.since:
            return 0.1
        if self.since and slow_start and since < slow_start and not is_("starts-at-once"):
            return max(0.05, self.weight * since / slow_start)
        return float(self.weight)


class Cluster:
    def __init__(self, path):
        self.path, self.lock = path, threading.Condition()
        self.nodes, self.own = read_file(path)
        threading.Thread(target=self.check_all, daemon=True).start()

    def reload(self):
        new, self.own = read_file(self.path)
        with self.lock:
            known = {one.name: one for one in self.nodes}
            for one in self.nodes:
                one.removed = one.name not in {other.name for other in new}
                if one.removed and not is_("keeps-idle-connections"):
                    for stream in one.pool:
                        stream.socket.close()
                    one.pool.clear()
            kept = [one for one in self.nodes if one.removed] if is_("keeps-the-removed") else []
            self.once = [*getattr(self, "once", []), *self.nodes]  # what is not referred to any more, Python closes
            self.nodes = [known.get(one.name, one) for one in new] + kept
            self.lock.notify_all()

    # who is asked

    def choose(self, tried, wanted, seconds):
        """The next node, counted as busy; None where there is none in time."""
        with self.lock:
            end = time.monotonic() + seconds
            while True:
                able = self.able(tried)
                free = [one for one in able if not one.most or one.active < one.most or is_("ignores-limits")]
                if free or not able or time.monotonic() >= end or is_("drops-what-is-too-much"):
                    break
                self.lock.wait(max(0.0, end - time.monotonic()))
            if not free:
                return None
            one = next((one for one in free if one.name == wanted), None) or self.pick(free)
            one.active += 1
            one.total += 1
            return one

    def able(self, tried):
        now, left = time.monotonic(), [one for one in self.nodes if one.name not in tried]
        if is_("tries-the-dead-for-ever"):
            return left
        able = [one for one in left if one.up and one.aside <= now]
        if is_("empties-at-one-error") and any(one.aside > now for one in self.nodes):
            return []
        if is_("gives-up-for-good") and (getattr(self, "over", False) or all(one.aside > now for one in self.nodes)):
            self.over = True
            return []
        if able or is_("empties-when-all-fail"):
            return able
        return left[:1] if is_("panics-to-one") and len(left) == len(self.nodes) else left

    def pick(self, free):
        if is_("first-node-only"):
            return free[0]
        if is_("first-node-twice"):
            self.turn = getattr(self, "turn", -1) + 1
            return free[[0, 1, 0, 2][self.turn % 4] % len(free)]
        if is_("in-blocks"):
            self.turn = getattr(self, "turn", -1) + 1
            blocks = [one for one in free for _ in range(5 * one.weight)]
            return blocks[self.turn % len(blocks)]
        if self.own["policy"] == "least-connections" and not is_("knows-one-policy"):
            return min(free, key=lambda one: one.total if is_("counts-all-ever") else one.active)
        shares = [one.share(self.own["slow_start"]) for one in free]
        for one, share in zip(free, shares):
            one.credit = min(one.credit, 10.0) + share
        found = max(free, key=lambda one: one.credit)
        found.credit -= sum(shares)
        return found

    def done(self, one, failed):
        with self.lock:
            one.active -= 1
            if failed and not is_("never-ejects"):
                one.aside = time.monotonic() + (1e9 if is_("never-takes-back") else ASIDE)
                one.since = one.aside
                if self.own["check_path"]:
                    one.good, one.bad = 0, 0
            self.lock.notify_all()

    # checks

    def check_all(self):
        while True:
            time.sleep(self.own["check_interval"])
            for one in [one for one in self.nodes if self.own["check_path"]]:
                threading.Thread(target=self.count, args=(one,), daemon=True).start()

    def count(self, one):
        good = self.check(one)
        if is_("ignores-checks"):
            return
        with self.lock:
            one.good, one.bad = (one.good + 1, 0) if good else (0, one.bad + 1)
            if one.up and one.bad >= (1 if is_("falls-at-once") else self.own["fall"]):
                one.up = False
            elif not one.up and one.good >= (1 if is_("rises-at-once") else self.own["rise"]) and not is_("never-takes-back"):
                one.up, one.since = True, time.monotonic()

    def check(self, one):
        try:
            with socket.create_connection((one.host, one.port), self.own["check_timeout"]) as connection:
                connection.sendall(f"GET {self.own['check_path']} HTTP/1.1\r\nHost: {one.name}\r\nConnection: close\r\n\r\n".encode())
                return read_response(Stream(connection, self.own["check_timeout"])).first[1] < (1000 if is_("any-answer-is-good") else 400)
        except Exception:  # noqa: BLE001
            return False
