"""What a sandbox shows, and what is taken out of it."""

from __future__ import annotations

import contextlib
import os
import pathlib
import select
import signal
import socket
import threading
from collections.abc import Callable

import pytest

from harness.judge.waiting import wait_for
from harness.stage import processes, sandbox, visible
from harness.stage.output import PUMP, Stream
from harness.stage.sandbox import readable, scratch_name
from harness.stage.scratch import Scratch, ScratchError, copy_bounded


@pytest.fixture()
def hand_in(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "ana"
    folder.mkdir()
    (folder / "server.py").write_text("pass\n")
    (folder / "fork").mkdir()
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob" / "server.py").write_text("pass\n")
    return folder


def test_files_are_named_by_their_full_names(hand_in: pathlib.Path) -> None:
    words = visible.resolved(["python3", "server.py", "2345", "fork", "--mode", "./server.py", "nothing.py"], hand_in)
    assert words == ["python3", f"{hand_in}/server.py", "2345", "fork", "--mode", f"{hand_in}/server.py", "nothing.py"]
    assert visible.resolved(["java", "-cp", ".", "Server"], hand_in) == ["java", "-cp", str(hand_in), "Server"]
    assert visible.resolved(["java", "-cp", "..", "Server"], hand_in)[2] == str(hand_in.parent)


def test_only_what_the_command_names_is_shown(hand_in: pathlib.Path) -> None:
    file = hand_in / "server.py"
    assert visible.named(["/usr/bin/python3", str(file), "/etc/absent", "/", "2345"]) == [file]
    assert visible.named([f"--config={file}", f"{hand_in}:{hand_in.parent / 'bob'}"]) == [file, hand_in, hand_in.parent / "bob"]
    assert visible.named(["/dev/null", "/proc/self/mem", "/usr/../etc", "/usr"]) == []


def test_a_folder_with_the_judge_in_it_is_not_shown(hand_in: pathlib.Path) -> None:
    visible.check([hand_in], [hand_in.parent / "bob"])
    with pytest.raises(visible.NotForPrograms, match="put the hand-in into a folder of its own"):
        visible.check([hand_in.parent], [hand_in.parent / "bob"])
    link = hand_in / "up"
    link.symlink_to(hand_in.parent)
    with pytest.raises(visible.NotForPrograms):
        visible.check([link], [hand_in.parent / "bob"])


def test_words_that_are_too_long_for_files_stay_as_they_are(hand_in: pathlib.Path) -> None:
    words = ["python3", "-c", "x" * 300, "a/" * 3000]
    assert visible.resolved(words, hand_in) == words and visible.named(["/" + "x" * 300]) == []


def test_braces_of_folders_are_not_filled_in(tmp_path: pathlib.Path) -> None:
    (folder := tmp_path / "{ana}").mkdir()
    (folder / "server.py").write_text("")
    [word] = visible.resolved(["server.py"], folder)
    assert word.format(ana="bob") == f"{folder}/server.py"


def test_links_do_not_lead_out_of_a_hand_in(hand_in: pathlib.Path) -> None:
    other = hand_in.parent / "bob"
    (hand_in / "mine").symlink_to("server.py")
    (hand_in / "theirs.py").symlink_to(other / "server.py")
    (hand_in / "src").symlink_to(other)
    (hand_in / "python").symlink_to("/usr/bin/env")
    visible.check_links([f"{hand_in}/mine", f"{hand_in}/server.py", f"{hand_in}/fork", f"{hand_in}/python", str(hand_in)], hand_in)
    for named in ("theirs.py", "src/server.py", "src"):
        with pytest.raises(visible.NotForPrograms, match=f"{named} is a link to {other}.*name {other}.* itself"):
            visible.check_links([f"{hand_in}/{named}"], hand_in)
    with pytest.raises(visible.NotForPrograms):
        visible.check_links([f"{hand_in}/theirs.py"], pathlib.Path("/usr"))  # wherever the command is given


def test_what_is_not_for_everybody_is_not_in_the_sandboxes_etc(tmp_path: pathlib.Path) -> None:
    (source := tmp_path / "java").mkdir()
    for name, mode in (("security", 0o644), ("password", 0o600)):
        (source / name).write_text("x")
        (source / name).chmod(mode)
    sandbox._copy(str(source), str(tmp_path / "copy"))
    assert os.listdir(tmp_path / "copy") == ["security"]


def test_limits_in_words() -> None:
    limits = sandbox.Limits(processes=5, memory=3 << 20, scratch=2 << 20, output=1 << 20)
    words = limits.in_words({"processes", "memory", "scratch", "output", "unheard-of"})
    assert words == ["3 MiB of memory", "1 MiB of output", "5 processes", "2 MiB of scratch", "unheard-of"]


def test_names_of_processes_are_any_bytes() -> None:
    ready, wait = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(os.open("/proc/self/comm", os.O_WRONLY), b"\xff) R 1 (x")
        os.write(wait, b"x")
        signal.pause()
    try:
        os.read(ready, 1)
        seen = processes.read_process(pid)
        assert seen and (seen.parent, seen.name) == (os.getpid(), "\ufffd) R 1 (x")
        assert pid in [one.pid for one in processes.descendants(os.getpid())]
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(ready)
        os.close(wait)


def test_names_in_the_scratch() -> None:
    assert str(scratch_name(pathlib.Path("/a/b/report.json"))) == "/tmp/report.json"
    assert [scratch_name(word) for word in ("-", "/dev/null", "raw")] == [None, None, None]


def test_what_another_user_cannot_read_is_copied(hand_in: pathlib.Path, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr("harness.stage.sandbox._FOLDER", tmp_path / "run")
    (hand_in / "server.py").chmod(0o700)
    assert readable(hand_in / "server.py", os.getuid()) == hand_in / "server.py"
    copy = readable(hand_in / "server.py", 65534)
    assert copy != hand_in / "server.py" and copy.read_text() == "pass\n" and copy.stat().st_mode & 0o777 == 0o755
    folder = readable(hand_in, 65534)
    assert (folder / "server.py").stat().st_mode & 0o004 and (folder / "fork").stat().st_mode & 0o005 == 0o005
    (hand_in / "server.py").chmod(0o644)
    assert readable(hand_in / "server.py", 65534) == hand_in / "server.py"


@pytest.fixture()
def scratch(tmp_path: pathlib.Path) -> Scratch:
    (tmp_path / "scratch").mkdir()
    return Scratch(tmp_path / "scratch")


def test_regular_files_are_taken(scratch: Scratch, tmp_path: pathlib.Path) -> None:
    target = tmp_path / "taken"
    assert not scratch.take("report", target)
    (tmp_path / "scratch" / "report").write_bytes(b"12\r\n\xff")
    assert scratch.take("report", target) and target.read_bytes() == b"12\r\n\xff"
    scratch.put("state", b"old", os.getuid())
    assert (tmp_path / "scratch" / "state").read_bytes() == b"old"


def _fifo(path: pathlib.Path) -> None:
    os.mkfifo(path)


def _link(path: pathlib.Path) -> None:
    path.symlink_to("/etc/hostname")


def _folder(path: pathlib.Path) -> None:
    path.mkdir()


def _sparse(path: pathlib.Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def _socket(path: pathlib.Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


@pytest.mark.parametrize("make", [_fifo, _link, _folder, _sparse, _socket])
def test_what_is_no_file_of_a_sensible_size_is_not(scratch: Scratch, tmp_path: pathlib.Path, make) -> None:
    make(tmp_path / "scratch" / "report")
    with pytest.raises(ScratchError, match="report"):
        scratch.take("report", tmp_path / "taken")
    assert not (tmp_path / "taken").exists()


def test_a_file_put_there_never_goes_through_a_link(scratch: Scratch, tmp_path: pathlib.Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "scratch" / "state").symlink_to(victim)
    with pytest.raises(FileExistsError):
        scratch.put("state", b"yours", os.getuid())
    assert victim.read_text() == "mine"


def test_a_file_that_grows_while_it_is_read_is_not_taken(tmp_path: pathlib.Path) -> None:
    (tmp_path / "report").write_bytes(b"x" * 101)  # whatever it was when it was looked at
    source = os.open(tmp_path / "report", os.O_RDONLY)
    try:
        with pytest.raises(ScratchError, match="report has more than 100 bytes"):
            copy_bounded(source, tmp_path / "taken", "report", 100)
    finally:
        os.close(source)
    assert [path.name for path in tmp_path.iterdir()] == ["report"], "nothing of it is left"


def _speak(listener: socket.socket, say: Callable[[socket.socket], None]) -> threading.Thread:
    def serve() -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            say(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


def _for_ever(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"x" * 4096)


def _by_drops(connection: socket.socket) -> None:
    while not select.select([connection], [], [], 0.02)[0]:
        connection.sendall(b"x")


def test_answers_of_programs_come_to_an_end(scratch: Scratch, tmp_path: pathlib.Path) -> None:
    outside = tmp_path / "outside.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(outside))
        listener.listen()
        (tmp_path / "scratch" / "link").symlink_to(outside)
        (tmp_path / "scratch" / "file").write_text("")
        for name in ("link", "file"):
            with pytest.raises(ConnectionRefusedError):
                scratch.answer(name)
        os.link(outside, tmp_path / "scratch" / "own")
        for say, most, error in (
            (lambda connection: connection.sendall(b"status"), 10, None),
            (_for_ever, 10_000, "more than 10,000 bytes"),
            (_by_drops, 10_000, "timed out"),
            (lambda connection: connection.recv(1), 10_000, "timed out"),
        ):
            thread = _speak(listener, say)
            if error:
                with pytest.raises(OSError, match=error):
                    scratch.answer("own", most, 0.3)
            else:
                assert scratch.answer("own", most) == b"status"
            thread.join(10)
            assert not thread.is_alive()


def test_output_is_kept_up_to_its_bound(tmp_path: pathlib.Path) -> None:
    told: list[str] = []
    reading, writing = os.pipe()
    stream = Stream(reading, tmp_path / "out", 10, lambda: told.append("full"))
    PUMP.add(stream)
    os.write(writing, b"0123456")
    wait_for(lambda: (tmp_path / "out").read_bytes() == b"0123456", "the first bytes to be kept", 10)
    os.write(writing, b"789abc")
    wait_for(lambda: told == ["full"], "the bound to be noticed", 10)
    assert (tmp_path / "out").read_bytes() == b"0123456789"
    with pytest.raises(BrokenPipeError):
        os.write(writing, b"more")
    os.close(writing)


def test_output_is_there_at_the_end_of_the_program(tmp_path: pathlib.Path) -> None:
    for number in range(200):  # the thread that copies is never waited for
        reading, writing = os.pipe()
        stream = Stream(reading, tmp_path / str(number), 1 << 20, lambda: None)
        PUMP.add(stream)
        os.write(writing, b"last words")
        os.close(writing)
        stream.drain()
        assert (tmp_path / str(number)).read_bytes() == b"last words"


def test_a_full_disk_stops_one_stream_and_is_told_to_who_reads_it(tmp_path: pathlib.Path) -> None:
    pipes = [os.pipe() for _ in range(2)]
    full = Stream(pipes[0][0], pathlib.Path("/dev/full"), 1 << 20, lambda: None)
    other = Stream(pipes[1][0], tmp_path / "other", 1 << 20, lambda: None)
    for stream in (full, other):
        PUMP.add(stream)
    os.write(pipes[0][1], b"lost")
    os.write(pipes[1][1], b"kept")
    wait_for(lambda: (tmp_path / "other").read_bytes() == b"kept", "the other stream to go on", 10)
    for _ in range(2):
        with pytest.raises(OSError, match="No space left"):
            full.drain()
    for _, writing in pipes:
        os.close(writing)
