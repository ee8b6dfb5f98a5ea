"""What may be kept, and for how long it is fresh (RFC 9111, RFC 5861)."""

import email.utils
import re
import time

from faults import is_


def directives(text):
    """Of Cache-Control: name → value, "" without one."""
    if is_("splits-quotes"):
        return {name.strip(' "').lower(): value.strip(' "') for name, _, value in (part.partition("=") for part in text.split(","))}
    found = {}
    for name, quoted, plain in re.findall(r'([!#$%&\'*+\-.^_`|~0-9A-Za-z]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^ \t,]*)))?', text):
        found.setdefault(name if is_("knows-small-letters-only") else name.lower(), quoted or plain)
    return found


def seconds(text):
    return min(int(text), 1 << 31) if text.isdigit() else 0


def moment(text):
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return None


def lifetime(message, status):
    """Seconds for which it is fresh, counted from its date; None where nothing is known."""
    said = directives(message.get("cache-control"))
    if is_("everything-is-fresh"):
        return 10**6
    if (is_("caches-404-for-ever") and status == 404) or (is_("caches-errors") and status >= 500):
        return 10**6
    for name in () if is_("expires-first") and message.get("expires") else ("s-maxage", "max-age"):
        if name in said and not (name == "s-maxage" and is_("ignores-s-maxage")):
            return seconds(said[name])
    if message.all("expires") and not is_("knows-no-expires"):
        if is_("ignores-expires"):
            return 10**6
        until = moment(message.all("expires")[0])
        return max(0, until - (moment(message.get("date")) or time.time())) if until is not None else 0
    changed = moment(message.get("last-modified"))
    if changed and status in (200, 203, 204, 300, 301, 404, 410) and not is_("guesses-nothing"):
        return max(0, ((moment(message.get("date")) or time.time()) - changed) * 0.1)
    return 86400 if is_("guesses-anything") else None


def age_at_first(message, asked_at, came_at):
    """How old it was when it came."""
    if is_("ignores-age"):
        return 0
    told = moment(message.get("date"))
    apparent = 0 if is_("ignores-date") or told is None else max(0, came_at - told)
    return max(apparent, seconds(message.get("age")) + came_at - asked_at)


def may_keep(request, message, status):
    said, asked = directives(message.get("cache-control")), directives(request.get("cache-control"))
    vary = message.get("vary")
    if "no-store" in said and not is_("stores-no-store"):
        return False
    if "no-store" in asked and not is_("stores-what-clients-forbid"):
        return False
    if "private" in said and not is_("stores-private") and not (said["private"] and is_("takes-fields-for-nothing")):
        return False
    if "*" in vary and not is_("keeps-what-varies-by-anything"):
        return False
    if request.get("authorization") and not {"public", "s-maxage", "must-revalidate"} & said.keys() and not is_("stores-what-passwords-get"):
        return False
    if request.get("authorization") and is_("stores-nothing-authorised"):
        return False
    if request.get("range") or status == 206:
        return is_("takes-a-part-for-all") and status == 206
    if is_("caches-errors") and status >= 500:
        return True
    if lifetime(message, status) is None and not (message.get("etag") or message.get("last-modified")):
        return is_("caches-404-for-ever") and status == 404
    if message.all("set-cookie") and not ({"max-age", "s-maxage", "public"} & said.keys() or message.all("expires")) and not is_("shares-cookies"):
        return False
    if is_("keeps-pages-only") and status != 200:
        return False
    return status in (200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501) or bool({"max-age", "s-maxage", "public"} & said.keys() or message.all("expires"))


def selects(entry, request):
    """Whether what is kept is the variant for this request."""
    names = [name.strip().lower() for name in entry.message.get("vary").split(",") if name.strip()]
    if is_("varies-by-every-field"):
        return entry.request.fields == request.fields
    if is_("ignores-vary"):
        return True
    if is_("knows-accept-encoding-only"):
        names = [name for name in names if name == "accept-encoding"]
    if is_("varies-by-the-first-field"):
        names = names[:1]
    if is_("minds-case-of-vary"):
        names = [name.strip() for name in entry.message.get("vary").split(",")]
    return all(request.get(name) == entry.request.get(name) for name in names)


def fresh(entry, request):
    """Whether it may answer this request as it is."""
    said, asked = directives(entry.message.get("cache-control")), directives(request.get("cache-control"))
    if is_("ignores-what-clients-want"):
        asked = {}
    left = (lifetime(entry.message, entry.status) or 0) - entry.age()
    if is_("serves-stale-for-ever"):
        left = max(left, 1)
    if ("no-cache" in said and not said["no-cache"] and not is_("takes-no-cache-for-fresh")) or "no-cache" in asked:
        return False
    if "max-age" in asked and entry.age() > seconds(asked["max-age"]):
        return False
    return left > seconds(asked.get("min-fresh", "0"))


def stale_for(entry, name):
    """Whether it may be used by that directive although it is past its time."""
    said = directives(entry.message.get("cache-control"))
    if name == "stale-if-error" and is_("serves-stale-whenever-it-can"):
        return True
    if {"must-revalidate", "proxy-revalidate", "no-cache", "s-maxage"} & said.keys() or name not in said:
        return False
    late = entry.age() - (lifetime(entry.message, entry.status) or 0)
    return late <= seconds(said[name]) or is_("stale-without-a-bound")
