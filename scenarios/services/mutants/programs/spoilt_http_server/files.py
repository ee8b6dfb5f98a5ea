"""From a path to a file below the folder, and what the file is."""

import email.utils
import errno
import mimetypes
import os
import re
import stat
import urllib.parse

from faults import FAULT, ROOT, is_
from validators import conditional

_remembered = {}


def file_of(reply, path):
    full = ROOT + path if path.startswith("/") else f"{ROOT}/{path}"
    if is_("knows-last-names-only"):
        full = ROOT + "/" + path.rpartition("/")[2]
    if is_("absolute-paths") and path.startswith("//"):
        full = path[1:]
    if is_("follows-any-way"):
        full = f"{ROOT}/{path}"
    elif not is_inside(full):
        reply.error(404)
        return
    if os.path.isdir(full):
        if not path.endswith("/"):
            to = urllib.parse.quote(path, errors="surrogateescape") + "/"
            reply.error(301, location=to if is_("redirects-elsewhere") else re.sub("^/+", "/", to))
            return
        if is_("has-no-index"):
            reply.error(403)
            return
        full += "index.html"
    if is_("knows-ascii-only") and not full.isascii():
        reply.error(404)
        return
    send_file(reply, full)


def is_inside(full):
    """Links are followed, and '..' is what it is to the file system, before it is looked at."""
    if is_("looks-before-it-unescapes") or is_("unescapes-twice") or is_("backslash-is-a-slash"):
        return True
    if is_("absolute-paths") and full.startswith("/etc"):
        return True
    if is_("follows-links"):
        return os.path.normpath(full).startswith(ROOT + "/") or os.path.normpath(full) == ROOT
    real, root = os.path.realpath(full), os.path.realpath(ROOT)
    if is_("compares-beginnings"):
        return real.startswith(root)
    return real == root or real.startswith(root + "/")


def send_file(reply, full):
    if FAULT.startswith("remembers"):
        cached = _remembered.setdefault(full, None)
        if cached and is_("remembers-what-it-has-served"):
            reply.send(200, {"Content-Type": "text/plain"}, cached)
            return
    try:
        flags = os.O_RDONLY if is_("waits-for-the-fifo") else os.O_RDONLY | os.O_NONBLOCK
        descriptor = os.open(full, flags)
    except OSError as error:
        if is_("dies-of-what-it-may-not-read") and error.errno == errno.EACCES:
            os._exit(1)
        reply.error(403 if error.errno == errno.EACCES else 404)
        return
    with open(descriptor, "rb") as file:
        known = os.fstat(descriptor)
        if is_("empty-is-404") and not known.st_size:
            reply.error(404)
            return
        if not stat.S_ISREG(known.st_mode):
            reply.error(403)
            return
        if is_("remembers-what-it-has-served"):
            _remembered[full] = file.read()
        packed_or_plain(reply, full, file, known)


def packed_or_plain(reply, full, file, known):
    tag = tag_of(full, known)
    modified = email.utils.formatdate(int(known.st_mtime), usegmt=True)
    fields = {"Content-Type": type_of(full), "ETag": tag, "Last-Modified": modified, "Accept-Ranges": "bytes"}
    if os.path.exists(full + ".gz"):
        if not is_("does-not-tell-vary"):
            fields["Vary"] = "Accept-Encoding"
        accepted = re.search(r"(?:^|[, ])gzip(?:;q=([\d.]+))?", reply.request.fields.get("accept-encoding", "").lower())
        if (accepted and float(accepted[1] or 1) > 0) or (is_("always-gzip")) or (accepted and is_("does-not-weigh-codings")):
            fields["Content-Encoding"] = "gzip"
            if is_("tells-the-type-of-gzip"):
                fields["Content-Type"] = "application/gzip"
            if not is_("one-tag-for-both"):
                fields["ETag"] = tag = tag[:-1] + '-gz"'
            with open(full + ".gz", "rb") as packed:
                conditional(reply, packed, os.fstat(packed.fileno()), fields, tag)
            return
    conditional(reply, file, known, fields, tag)


def type_of(full):
    kind = mimetypes.guess_type(full.lower())[0] or "application/octet-stream"
    if is_("pictures-are-text"):
        kind = "text/plain" if kind.startswith("image/") else kind
    if is_("stylesheets-are-text") and kind == "text/css":
        kind = "text/plain"
    if is_("all-is-html"):
        kind = "text/html"
    if is_("knows-small-letters-only"):
        kind = mimetypes.types_map.get(os.path.splitext(full)[1], "application/octet-stream")
    return kind


def tag_of(full, known):
    tag = f'"{known.st_mtime_ns:x}-{known.st_size:x}-{known.st_ino:x}"'
    if is_("tag-is-time-and-length"):
        tag = f'"{int(known.st_mtime):x}-{known.st_size:x}"'
    if is_("remembers-tags"):
        tag = _remembered[full] = _remembered.get(full) or tag
    return tag
