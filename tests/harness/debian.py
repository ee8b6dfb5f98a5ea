"""What dpkg knows of this machine: which package a file is of, and what a package cannot be installed without."""

from __future__ import annotations

import functools
import os
import pathlib
import re

_STATUS = pathlib.Path("/var/lib/dpkg/status")
_LISTS = pathlib.Path("/var/lib/dpkg/info")
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@functools.cache
def _records() -> dict[str, dict[str, str]]:
    """package → its fields, of those that are installed."""
    found = {}
    for paragraph in _STATUS.read_text().split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z-]+): (.*)$", paragraph, re.MULTILINE))
        if fields.get("Status", "").endswith(" installed"):
            found[fields["Package"]] = fields
    return found


def installed(package: str) -> bool:
    """Whether this machine has it."""
    return package in _records()


def _needs(package: str) -> set[str]:
    """What it depends on; of alternatives the first one that is a package, as apt would choose. A need that is met by nothing but
    what some package provides is left out: it may be met by another elsewhere."""
    fields = _records().get(package, {})
    found = set()
    for group in ",".join(fields.get(name, "") for name in ("Depends", "Pre-Depends")).split(","):
        names = [re.split(r"[ :(]", one.strip())[0] for one in group.split("|")]
        found.update([name for name in names if name in _records()][:1])
    return found


def closure(packages: set[str]) -> set[str]:
    """The packages and all that they cannot be installed without."""
    found: set[str] = set()
    todo = set(packages)
    while todo:
        package = todo.pop()
        found.add(package)
        todo |= _needs(package) - found
    return found


@functools.cache
def base() -> frozenset[str]:
    """What every Debian machine has, the smallest too: essential and required packages, and apt."""
    chosen = {name for name, row in _records().items() if row.get("Essential") == "yes" or row.get("Priority") == "required"}
    return frozenset(closure({*chosen, "apt"}))


@functools.cache
def _owners() -> dict[str, str]:
    """file → package. Of /bin, /sbin and /lib, which are links to folders of /usr, by the name that they lead to."""
    found = {}
    for listing in _LISTS.glob("*.list"):
        package = listing.stem.partition(":")[0]
        for path in listing.read_text().splitlines():
            found[merged(path)] = package
    return found


def merged(path: str) -> str:
    return "/usr" + path if re.match(r"/(s?bin|lib\w*)/", path) else path


def owner(path: str | os.PathLike[str]) -> str | None:
    """The package that a file, or what a link (an alternative too) leads to, came with; None: of no package."""
    owners = _owners()
    return owners.get(merged(os.path.realpath(path))) or owners.get(merged(os.fspath(path)))


def is_debian() -> bool:
    return _STATUS.exists()
