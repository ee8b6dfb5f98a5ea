"""Limits of the machine: INCONCLUSIVE at the first try, with what to do about it, and never anybody's FAIL."""

from __future__ import annotations

import pathlib
import socket

import pytest

from harness.world.cell.diagnosis import namespace_advice
from harness.world.tools_needed import foreign_sys
from tests.harness.test_command_line import lab, sentence

_FULL = "unshare: unshare failed: No space left on device"
_INSIDE = "exec unshare --user --map-root-user --mount sh -c '{} && exec \"$@\"' sh \"$@\"; false"


def _limited(kind: str, most: int) -> str:
    return _INSIDE.format(f"echo {most} > /proc/sys/user/max_{kind}_namespaces")


@pytest.mark.parametrize(
    ("before", "question", "said"),
    [
        ("ulimit -n 20", "test.quick", ["a question may need 64 open files at once", "may have 20", "ulimit -n 4096"]),
        ("ulimit -n 256", "transport.3-select", ["tcp-server may need 2,048 open files at once", "may have 256", "limits.conf"]),
        ("ulimit -n 1024", "transport.3-select", ["tcp-server may need 2,048 open files at once", "may have 1,024"]),
        (_limited("net", 2), "test.quick", ["making 2 host namespaces failed", "sysctl -w user.max_net_namespaces=10000"]),
        (_limited("mnt", 3), "tv.q01", ["No space left on device", "user.max_mnt_namespaces is 3"]),
        (_INSIDE.format("mount -t tmpfs none /sys"), "tv.q01", ["/sys does not show the interfaces", "systempaths=unconfined"]),
    ],
    ids=["descriptors", "descriptors-of-a-role", "descriptors-of-a-login", "network-namespaces", "mount-namespaces", "sys"],
)
def test_limits(before: str, question: str, said: list[str], tmp_path: pathlib.Path) -> None:
    outcome = lab("run", question, "--out", str(tmp_path / "run"), before=before)
    text = sentence(outcome, 3)
    assert all(part in text for part in said), text
    assert "again alone" not in text and "wireproof itself failed" not in text, "it does not help to try again"


def test_bridges_where_sys_is_masked(tmp_path: pathlib.Path) -> None:
    masked = _INSIDE.format("mount -t tmpfs none /sys")
    text = sentence(lab("run", "test.quick", "--switch", "bridge", "--out", str(tmp_path / "run"), before=masked), 3)
    assert "/sys does not show the interfaces" in text and "again alone" not in text


def test_what_is_said_of_namespaces(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "proc/sys/user"
    folder.mkdir(parents=True)
    for kind, limit in (("net", 5), ("mnt", 90000), ("pid", 1000)):
        (folder / f"max_{kind}_namespaces").write_text(f"{limit}\n")
    advice = "user.max_net_namespaces is 5: allow more with 'sudo sysctl -w user.max_net_namespaces=10000'"
    assert namespace_advice(_FULL, tmp_path) == advice
    (folder / "max_net_namespaces").write_text("9000\n")
    assert "no more namespaces may be made" in namespace_advice(_FULL, tmp_path)
    for other in ("", "unshare failed: Operation not permitted", "writing /tmp/x: No space left on device"):
        assert namespace_advice(other, tmp_path) == ""


def test_a_sys_of_another_world(tmp_path: pathlib.Path) -> None:
    assert foreign_sys() is None, "this test runs where /sys is right"
    names = [name for _, name in socket.if_nameindex()]
    for shown, right in ((names, True), ([*names, "bonding_masters"], True), ([*names, "eth77"], False), ([], False)):
        root = tmp_path / f"sys-{len(shown)}-{right}"
        (root / "class/net").mkdir(parents=True)
        for name in shown:
            (root / "class/net" / name).mkdir()
        assert (foreign_sys(root) is None) is right
    assert foreign_sys(tmp_path / "nowhere") is not None
