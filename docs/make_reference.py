"""Makes docs/reference.md, the words of a scenario with their signatures, from the docstrings.

    PYTHONPATH=. /usr/bin/python3 -P docs/make_reference.py            writes it
    PYTHONPATH=. /usr/bin/python3 -P docs/make_reference.py --check    ends with 1 when it is not what the docstrings say today
"""

from __future__ import annotations

import inspect
import pathlib
import re
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

import harness
from harness.evidence.capture.packets import FIELDS, Packet, Packets
from harness.evidence.capture.rates import Rate
from harness.stage.host import Host
from harness.stage.lab import Lab
from harness.stage.line import Line
from harness.stage.program import Program
from harness.world.links import rules
from harness.world.network.control import LinkControl

TARGET = pathlib.Path(__file__).with_name("reference.md")
# Called by the harness itself.
_INNER = {
    "check_implemented", "close", "failed_replacements", "frames", "record", "sandbox_of", "shown", "tell", "handed_over", "decode", "first", "of",
    "info_of", "summary_of", "stopped", "interface_text", "concluded", "current_step", "id_of", "look_at",
}  # fmt: skip
_CLASSES = [
    (Lab, "`lab`", "what a scenario holds in its hand"), (Host, "Hosts", "`lab.h1`"), (Program, "Programs", "what `host.start(…)` gives"),
    (Line, "Lines of a shell", "what `host.start_line(…)` gives"), (Packets, "Packets", "what `lab.packets(…)` gives"),
    (Packet, "One packet", "`packets[0]`"), (Rate, "Rates", "what `lab.rate(…)` and `packets.rate(…)` give"),
    (LinkControl, "Links", "what `lab.link(…)` gives"),
]  # fmt: skip


def _signature(function: Any) -> str:
    found = inspect.signature(function)
    bare = {name: one.replace(annotation=_type(one.annotation)) for name, one in found.parameters.items() if name != "self"}
    result = found.return_annotation if found.return_annotation in ("None", None) else _type(found.return_annotation)
    plain = found.replace(parameters=list(bare.values()), return_annotation=inspect.Signature.empty if result in ("None", None) else result)
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(plain))


def _type(annotation: Any) -> Any:
    """An annotation without the modules of its names."""
    return re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", annotation.strip("'\"")) if isinstance(annotation, str) else annotation


def _words(function: Any) -> str:
    return " ".join((inspect.getdoc(function) or "").split())


def _entry(name: str, function: Any) -> Iterator[str]:
    if isinstance(function, property):
        yield f"`.{name}`"
        function = function.fget
    else:
        yield f"`{name}{_signature(function)}`"
    yield from textwrap.wrap(_words(function).replace("|", "\\|"), 136, initial_indent=": ", subsequent_indent="  ")
    yield ""


def _of_class(kind: type) -> Iterator[str]:
    for one in kind.__mro__:
        for name, member in vars(one).items():
            function = member.__func__ if isinstance(member, (classmethod, staticmethod)) else member
            if name.startswith("_") or name in _INNER or not (inspect.isfunction(function) or isinstance(function, property)):
                continue
            if _words(function.fget if isinstance(function, property) else function):
                yield from _entry(name, function)


def text() -> str:
    """The whole page."""
    lines = ["# Reference", "", "Made from docstrings by `docs/make_reference.py`. [Writing a scenario](writing-a-scenario.md) tells how it goes together.", ""]
    lines += ["## Words of `harness`", "", "`from harness import equals, scenario`", ""]
    for name in harness.__all__:
        word = getattr(harness, name)
        if inspect.isclass(word):
            lines += [f"`{name}`", *textwrap.wrap(_words(word), 136, initial_indent=": ", subsequent_indent="  "), ""]
        elif callable(word):
            lines += _entry(name, word)
    for kind, title, what in _CLASSES:
        lines += [f"## {title}", "", f"{what[0].upper()}{what[1:]}. {_words(kind)}", "", *_of_class(kind)]
    lines += ["## Rules of loss", "", (rules.__doc__ or "").strip(), ""]
    lines += ["## Fields", "", "What `packets[0][…]`, `.total(…)`, `.occurrences(…)` and filters know, beside the fields of [dissectors](dissectors.md), the flags",
              "`tcp.flags.fin` `.syn` `.reset` `.push` `.ack`, and the names of protocols (in filters):", ""]  # fmt: skip
    lines += textwrap.wrap(" ".join(f"`{field}`" for field in FIELDS), 136, break_on_hyphens=False)
    return "\n".join(lines) + "\n"


def main() -> int:
    if sys.argv[1:] == ["--check"]:
        if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text():
            return 0
        print(f"{TARGET} is not what the docstrings say today: run docs/make_reference.py", file=sys.stderr)
        return 1
    TARGET.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
