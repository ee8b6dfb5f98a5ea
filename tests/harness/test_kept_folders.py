"""Folders that outlive programs: what one has left the next one finds, within bounds, and no link leads out of them."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

import pytest

from harness.judge.roles import RoleError
from harness.stage.kept import Kept
from tests.harness.judged_lab import judged_lab
from tests.harness.network_cell import run

_SIZE = 1 << 20


def _does(lab: Any, kept: Kept, code: str) -> Any:
    """A program in the role of a proxy, that does that in the folder; it has ended."""
    lab._replacements["http-proxy"] = f"sh -c {shlex.quote('cd $0 && ' + code)} {{cache}}"
    program = lab.h1.start("http-proxy", port=1, cache=kept)
    program.wait(20)
    return program


def outlives() -> None:
    with judged_lab() as lab:
        kept = lab.kept("cache", _SIZE)
        assert kept.files() == {}
        assert _does(lab, kept, "mkdir a && printf one > a/first && printf two > second && kill -KILL $$").status == -9
        assert kept.files() == {"a/first": b"one", "second": b"two"} and kept.taken == 6
        kept.change("a/first", b"longer than before")
        told = _does(lab, kept, "cat a/first second && printf x >> second && pwd")
        assert told.status == 0 and told.output == "longer than beforetwo/tmp/cache\n", told.errors
        assert kept.files()["second"] == b"twox"
        other = lab.kept("other")
        assert _does(lab, other, "ls /tmp /tmp/other").output == "/tmp:\nother\n\n/tmp/other:\n", "nothing of another folder is seen"


def bounded() -> None:
    with judged_lab() as lab:
        kept = lab.kept("cache", _SIZE)
        full = _does(lab, kept, "head -c 2000000 /dev/zero > large")
        assert full.status == 1 and "No space left" in full.errors and kept.taken == _SIZE
        kept.change("large", b"")
        assert _does(lab, kept, "mkdir below").status == 0
        kept.lock()
        for name in ("more", "below/more"):
            refused = _does(lab, kept, f"cat large && touch {name}")
            assert refused.status == 1 and "Permission denied" in refused.errors
        kept.lock(False)
        assert _does(lab, kept, "touch more below/more").status == 0 and set(kept.files()) == {"large", "more", "below/more"}


def follows_no_links() -> None:
    with judged_lab() as lab:
        kept = lab.kept("cache", _SIZE)
        made = "ln -s /etc/hostname out && ln -s /etc etc && ln -s . self && mkfifo fifo && printf one > file"
        assert _does(lab, kept, made).status == 0
        assert kept.files() == {"file": b"one"}
        kept.change("out", b"written")
        kept.change("etc/hostname", b"written")
        assert _does(lab, kept, "test -L out").status == 0


def wants_such_a_folder() -> None:
    with judged_lab() as lab, pytest.raises(RoleError, match=r"keeps what it likes in a folder of lab.kept\(\), not in '/tmp/x'"):
        lab._replacements["http-proxy"] = "true {cache}"
        lab.h1.start("http-proxy", port=1, cache="/tmp/x")


@pytest.mark.parametrize("story", [outlives, bounded, follows_no_links, wants_such_a_folder])
def test_kept_folder(story: Callable[[], None]) -> None:
    run(story)
