"""What is kept: in memory, and in files with a sum each, in the order in which it was asked for last."""

import hashlib
import json
import os
import threading
import time

from faults import given, is_
from messages import Message
from rules import selects

UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def bound():
    text = given.get("size") or "256M"
    return int(text[:-1]) * UNITS[text[-1].upper()] if text[-1].upper() in UNITS else int(text)


class Entry:
    """key: what was asked for; request: whose fields choose the variant; first_age: how old it was at `kept_at`."""

    def __init__(self, key, request, status, message, body, first_age, kept_at):
        self.key, self.request, self.status, self.message, self.body = key, request, status, message, body
        self.first_age, self.kept_at = first_age, kept_at

    def age(self):
        return 0 if is_("wrong-age") else self.first_age + time.time() - self.kept_at

    def packed(self):
        told = [self.key, self.request.first, self.request.fields, self.status, self.message.first, self.message.fields, self.first_age, self.kept_at]
        data = json.dumps(told).encode() + b"\n" + self.body
        return hashlib.sha256(data).digest() + data

    @classmethod
    def unpacked(cls, packed):
        total, data = packed[:32], packed[32:]
        if hashlib.sha256(data).digest() != total and not is_("serves-damaged-entries"):
            raise ValueError("damaged")
        head, _, body = data.partition(b"\n")
        key, first, fields, status, told, others, first_age, kept_at = json.loads(head)
        return cls(key, Message(first, fields), status, Message(told, others), body, first_age, kept_at)


class Store:
    def __init__(self):
        self.ending = False
        self.lock, self.entries, self.most, self.folder = threading.RLock(), [], bound(), given.get("cache") or ""
        self.most = 1 << 40 if is_("ignores-size") else self.most
        if self.folder and not is_("loses-its-store"):
            self.load()

    def load(self):
        found = []
        for name in os.listdir(self.folder):
            path = os.path.join(self.folder, name)
            try:
                with open(path, "rb") as file:
                    found.append(Entry.unpacked(file.read()))
            except (ValueError, OSError):
                if is_("dies-of-damaged-entries"):
                    raise
                self.unlink(path)
        self.entries = sorted(found, key=lambda one: one.kept_at)

    def find(self, key, request):
        with self.lock:
            for one in reversed(self.entries):
                if one.key == key and selects(one, request):
                    self.entries.remove(one)
                    self.entries.append(one)
                    return one
        return None

    def put(self, entry):
        if is_("keeps-nothing"):
            return
        size = len(entry.packed()) if self.folder else len(entry.body)
        with self.lock:
            self.drop(entry.key, lambda one: is_("keeps-one-variant") or selects(one, entry.request))
            if size > self.most and not is_("pushes-all-out"):
                return
            while self.entries and sum(map(self.size, self.entries)) + size > self.most:
                self.forget(self.entries[-1 if is_("evicts-the-newest") else min(range(len(self.entries)), key=lambda at: self.entries[at].kept_at) if is_("first-in-first-out") else 0])
            self.entries.append(entry)
            self.write(entry)

    def size(self, entry):
        return len(entry.body) + 2000 if self.folder else len(entry.body)

    def path(self, entry):
        words = json.dumps([entry.key, entry.request.fields])
        return os.path.join(self.folder, hashlib.sha256(words.encode()).hexdigest())

    def write(self, entry):
        if not self.folder or (is_("writes-at-its-end") and not self.ending):
            return
        part = self.path(entry) + ".part"
        try:
            with open(part, "wb") as file:
                file.write(entry.packed())
            os.replace(part, self.path(entry))
        except OSError:
            if is_("fails-with-its-disk"):
                os._exit(1)
            self.unlink(part)

    def end(self):
        if is_("writes-at-its-end"):
            self.ending = True
            for one in self.entries:
                self.write(one)

    @staticmethod
    def unlink(path):
        try:
            os.unlink(path)
        except OSError:
            pass

    def forget(self, entry):
        self.entries.remove(entry)
        if self.folder and not is_("leaves-its-files"):
            self.unlink(self.path(entry))

    def drop(self, key, chosen=lambda one: True):
        with self.lock:
            for one in [one for one in self.entries if one.key == key and chosen(one)]:
                self.forget(one)
