"""``./lab lint``: formats, types, unused names, spelling, scripts, links. Some seconds; --all adds clang-tidy, eight minutes on two cores.

    ./lab lint              all checks
    ./lab lint mypy links   these
    ./lab lint --fix        lets clang-format write
    ./lab lint --all        clang-tidy too (bugprone, performance), on each file as the release build's flags have it
"""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
_MOST_LINES = 60


@dataclasses.dataclass(frozen=True)
class Check:
    """A tool and what it is to look at; told: on its standard input."""

    name: str
    command: list[str]
    told: str = ""


def _files() -> list[pathlib.Path]:
    """All of the clone, without what is built or written by runs."""
    made = (ROOT / "build", ROOT / ".git", ROOT / ".hypothesis", *(ROOT / "captures").glob("[0-9s]*"))
    return sorted(path for path in ROOT.rglob("*") if path.is_file() and "__pycache__" not in path.parts and not any(map(path.is_relative_to, made)))


def _is_script(path: pathlib.Path) -> bool:
    with path.open("rb") as file:
        return path.suffix in ("", ".sh") and file.readline(40).startswith((b"#!/bin/bash", b"#!/bin/sh"))


def checks(fix: bool, everything: bool) -> list[Check]:
    """All of them, the long ones first."""
    files = _files()

    def named(*suffixes: str, under: tuple[str, ...] = ("",)) -> list[str]:
        chosen = [path for path in files if path.suffix in suffixes and str(path.relative_to(ROOT)).startswith(under)]
        return [str(path.relative_to(ROOT)) for path in chosen]

    python = named(".py")
    texts = [name for name in named(".py", ".md", ".cpp", ".hpp", ".toml", ".txt", ".lua", ".sh", ".css", ".script") if not name.startswith("captures/") and "/right/programs/" not in name]  # those speak French and Spanish
    found = [
        Check("mypy", ["mypy", "--no-error-summary", "harness", "scenarios", "topologies"]),
        Check("clang-format", ["clang-format", *(["-i"] if fix else ["--dry-run", "-Werror"]), *named(".cpp", ".hpp")]),
        Check("pyflakes", ["pyflakes3", *python]),
        Check("codespell", ["codespell", "--ignore-words", "tests/lint/words.txt", *texts]),
        Check("shellcheck", ["shellcheck", "-x", *(str(path.relative_to(ROOT)) for path in files if _is_script(path))]),
        Check("links", [sys.executable, "-P", "-m", "tests.lint.links", *named(".md")]),
        Check("reference", [sys.executable, "-P", "-X", "utf8", "docs/make_reference.py", "--check"]),
        Check("floors", [sys.executable, "-P", "docs/draw_floors.py", "--check"]),
    ]
    if everything:
        words = ["xargs", "-P", str(os.cpu_count()), "-n", "4", "clang-tidy", "-p", str(_for_clang()), "--quiet"]
        found.insert(0, Check("clang-tidy", words, "\n".join(named(".cpp", under=("cpp/",)))))
    return found


def _for_clang() -> pathlib.Path:
    """A folder with the commands of the preset lint, without the warning that only g++ knows."""
    folder = pathlib.Path(os.environ.get("WIREPROOF_BUILD", ROOT / "build/release")).parent / "lint"
    subprocess.run(["cmake", "--preset", "lint", "-B", folder], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    commands = folder / "compile_commands.json"
    commands.write_text(commands.read_text().replace(" -Wno-restrict", ""))
    return folder


def run(check: Check) -> tuple[Check, int, str, float]:
    """Status, output and seconds of a check."""
    began = time.monotonic()
    try:
        done = subprocess.run(check.command, cwd=ROOT, input=check.told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    except FileNotFoundError:
        return check, 127, f"{check.command[0]} is not installed (packages.txt, [lint])", 0.0
    return check, done.returncode, done.stdout, time.monotonic() - began


def main() -> int:
    parser = argparse.ArgumentParser(prog="./lab lint", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="CHECK", help="only these")
    parser.add_argument("--all", action="store_true", help="clang-tidy too")
    parser.add_argument("--fix", action="store_true", help="let clang-format write")
    given = parser.parse_args()
    known = {check.name: check for check in checks(given.fix, given.all or "clang-tidy" in given.names)}
    if unknown := [name for name in given.names if name not in known]:
        parser.error(f"there is no check {', '.join(unknown)}; there are {', '.join(known)}")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for check, status, output, seconds in pool.map(run, [known[name] for name in given.names or known]):
            print(f"{'ok  ' if status == 0 else 'FAIL'}  {check.name:<13} {seconds:5.1f} s", flush=True)
            if status:
                failed += 1
                lines = output.strip().splitlines()
                print("\n".join(f"      {line}" for line in lines[:_MOST_LINES]))
                if len(lines) > _MOST_LINES:
                    print(f"      … and {len(lines) - _MOST_LINES} lines more")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
