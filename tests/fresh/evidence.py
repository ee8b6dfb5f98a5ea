"""``python3 -m tests.fresh.evidence QUESTIONS RUN``: did each question start the tool for whose sake it was run?"""

from __future__ import annotations

import json
import pathlib
import re
import sys

ON_HOSTS = "on hosts"
_FOLDER = pathlib.Path(__file__).parent
QUESTIONS = _FOLDER / "questions.txt"


def read(file: pathlib.Path) -> dict[str, dict[str, str]]:
    """section → tool → the question that starts it."""
    found: dict[str, dict[str, str]] = {}
    section: dict[str, str] = {}
    for line in file.read_text().splitlines():
        words = line.partition("#")[0].split()
        if words and words[0].startswith("["):
            section = found.setdefault(" ".join(words).strip("[]"), {})
        elif words:
            tool, question = words
            section[tool] = question
    return found


def not_started(tools: dict[str, str], run: pathlib.Path) -> list[str]:
    """A sentence for each tool that the transcript of its question in this run does not show being started."""
    missing = []
    for tool, question in tools.items():
        transcript = json.loads((run / question / "result.json").read_text())["transcript"]
        commands = [entry["text"] for entry in transcript if entry["kind"] == "start"]
        if not any(re.search(rf"(^|[\s/'\"]){re.escape(tool)}([\s'\"]|$)", command) for command in commands):
            missing.append(f"{question} did not start {tool}: name a question that does in {QUESTIONS.name}")
    return missing


def main() -> int:
    missing = not_started(read(pathlib.Path(sys.argv[1]))[ON_HOSTS], pathlib.Path(sys.argv[2]))
    for sentence in missing:
        print(f"lab: fresh: FAILED: {sentence}", file=sys.stderr)
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
