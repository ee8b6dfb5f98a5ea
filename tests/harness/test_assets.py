"""The assets: made, proved, kept, mended; every failure told in a sentence. Real ffmpeg."""

import os
import pathlib
import subprocess
import sys
import threading

import pytest

from scenarios.tv.kit import clips as assets, decode, ts
from scenarios.tv.kit.clips import build, verify
from scenarios.tv.kit.clips.recipes import CLIP_BYTES, CLIP_SECONDS, FRAMES, RECIPES

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def folder():
    assets.ensure(build.FOLDER)
    return build.FOLDER


def test_the_clip_is_the_sheets(folder):
    stream = ts.read(assets.path("clip", folder))
    assert len(stream) * ts.PACKET == CLIP_BYTES
    assert stream.skipped == 0 and stream.continuity_errors() == 0
    assert stream.duration() == pytest.approx(CLIP_SECONDS, abs=0.1)
    assert stream.pcr_rates() == pytest.approx(638_000, rel=0.001)
    verify.constant_rate(assets.path("clip", folder))


def test_the_program_stream_decodes_to_the_same_frames(folder):
    original = decode.frame_hashes(assets.path("clip", folder))
    assert len(original) == FRAMES == len(set(original))
    assert decode.frame_hashes(assets.path("clip_ps", folder)) == original


def test_the_list_of_pictures_is_the_clips(folder, tmp_path):
    listed = assets.path("clip_pictures", folder)
    assert len(decode.parse_hashes(listed.read_text())) == FRAMES
    verify.verify(listed, RECIPES["clip_pictures"], assets.path("clip", folder))
    (tmp_path / "short").write_text("".join(listed.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(verify.Unfit, match="does not list the pictures"):
        verify.verify(tmp_path / "short", RECIPES["clip_pictures"], assets.path("clip", folder))


@pytest.mark.parametrize("name", ["cbr_twin", "vbr_twin"])
def test_the_twins_keep_their_promise(folder, name):
    verify.verify(assets.path(name, folder), RECIPES[name], None)


def test_a_variable_rate_is_not_taken_for_a_constant_one(folder):
    with pytest.raises(verify.Unfit, match="bytes instead of"):
        verify.constant_rate(assets.path("vbr_twin", folder))


def test_a_clip_with_a_wrong_counter_is_unfit(folder, tmp_path):
    data = bytearray(assets.path("clip", folder).read_bytes())
    packet = next(at for at in range(ts.PACKET * 1000, len(data), ts.PACKET) if data[at + 1 : at + 3] == b"\x01\x00")
    data[packet + 3] ^= 0x05
    (tmp_path / "clip.ts").write_bytes(data)
    with pytest.raises(verify.Unfit, match="continuity errors"):
        verify.constant_rate(tmp_path / "clip.ts")


@pytest.fixture
def copy(folder, tmp_path):
    """A folder with the clip alone, whole."""
    (tmp_path / "copy").mkdir()
    for file in ("clip.ts", "clip.ts.json"):
        (tmp_path / "copy" / file).write_bytes((folder / file).read_bytes())
    return tmp_path / "copy"


def test_a_whole_asset_is_kept(copy):
    before = (copy / "clip.ts").stat().st_mtime_ns
    (made,) = assets.ensure(copy, ["clip"])
    assert not made.built and (copy / "clip.ts").stat().st_mtime_ns == before


def test_a_whole_asset_needs_no_right_to_write(copy):
    assets.ensure(copy, ["clip"])
    assert not (copy / ".lock").exists()


def test_a_truncated_asset_is_refused_then_mended_once_by_two_builders(copy):
    os.truncate(copy / "clip.ts", 1000)
    with pytest.raises(assets.AssetError, match="1000 bytes instead of 4785540"):
        assets.path("clip", copy)
    results = []
    builders = [threading.Thread(target=lambda: results.extend(assets.ensure(copy, ["clip"]))) for _ in range(2)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join(120)
    assert sorted(made.built for made in results) == [False, True]
    verify.constant_rate(assets.path("clip", copy))
    assert {entry.name for entry in copy.iterdir()} == {"clip.ts", "clip.ts.json", ".lock"}


@pytest.fixture
def in_place_of_ffmpeg(monkeypatch, tmp_path):
    """Puts a program called ffmpeg alone on the PATH, or none, to see how failures are told."""

    def put(script):
        program = tmp_path / "bin" / "ffmpeg"
        program.parent.mkdir()
        if script:
            program.write_text(script)
            program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent))

    return put


def test_a_flipped_byte_is_noticed(copy, in_place_of_ffmpeg):
    data = bytearray((copy / "clip.ts").read_bytes())
    data[2_000_000] ^= 1
    (copy / "clip.ts").write_bytes(data)
    in_place_of_ffmpeg(None)
    with pytest.raises(assets.AssetError, match="clip.ts: ffmpeg is not installed"):
        assets.ensure(copy, ["clip"])


def test_the_last_words_of_ffmpeg_are_told(in_place_of_ffmpeg, tmp_path):
    in_place_of_ffmpeg("#!/bin/sh\necho 'Unknown encoder libx264' >&2\nexit 1\n")
    with pytest.raises(assets.AssetError, match="status 1:\n  Unknown encoder libx264"):
        assets.ensure(tmp_path / "new", ["clip"])
    assert [entry.name for entry in (tmp_path / "new").iterdir()] == [".lock"]


@pytest.mark.parametrize("made", ["", "G", "G" * 188])
def test_other_bytes_are_verified_not_trusted(in_place_of_ffmpeg, tmp_path, made):
    in_place_of_ffmpeg(f'#!/bin/sh\nfor last; do :; done\nprintf %s "{made}" > "$last"\n')
    with pytest.raises(assets.AssetError, match="clip.ts: .*(null packets|cannot be used)"):
        assets.ensure(tmp_path / "new", ["clip"])


def test_a_missing_or_unknown_asset_is_an_error_with_advice(tmp_path):
    with pytest.raises(assets.AssetError, match="has not been made in .*; './lab setup' makes it"):
        assets.path("clip", tmp_path)
    with pytest.raises(assets.AssetError, match="there is no asset opera; there are clip"):
        assets.path("opera", tmp_path)


def test_the_command_says_what_it_did(copy, tmp_path):
    def run(*arguments):
        command = [sys.executable, "-m", "scenarios.tv.kit.clips", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)

    good = run("--folder", str(copy), "clip")
    assert (good.returncode, good.stdout.count("\n")) == (0, 1) and "clip.ts: whole, 4785540 bytes" in good.stdout
    assert run("--folder", str(copy), "opera").returncode == 2
    (tmp_path / "file").write_text("")
    bad = run("--folder", str(tmp_path / "file"))
    assert bad.returncode == 1 and "cannot make assets in" in bad.stderr


def test_a_full_disk_is_told(tmp_path):
    make = f"{sys.executable} -m scenarios.tv.kit.clips --folder {tmp_path} clip"
    script = f"mount -t tmpfs -o size=1m none {tmp_path} && cd {ROOT} && {make}; s=$?; ls -A {tmp_path}; exit $s"
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 1 and "No space left" in run.stderr, run.stderr
    assert run.stdout.splitlines()[-1] == ".lock"
