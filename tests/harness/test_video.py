"""Pictures and streams measured: the TS reader, rates, damage, decoding, and what a player showed."""

import hashlib
import io

import numpy as np
import pytest

from scenarios.tv.agents import tap
from scenarios.tv.kit import clips as assets, damage, decode, rates, resync, showing, ts, vlc
from scenarios.tv.kit.clips import build

LINK = 700_000


@pytest.fixture(scope="session")
def folder():
    assets.ensure(build.FOLDER)
    return build.FOLDER


def packet(pid, counter, payload=True, pcr=None):
    adaptation = b""
    if pcr is not None:
        field = (pcr // 300) << 15 | 0x7E00 | pcr % 300
        adaptation = bytes([7, 0x10]) + field.to_bytes(6, "big")
    control = (0x10 if payload else 0) | (0x20 if adaptation else 0) | counter
    head = bytes([ts.SYNC, pid >> 8, pid & 0xFF, control]) + adaptation
    return head + b"\xaa" * (ts.PACKET - len(head))


def test_pcrs_grow_across_the_wrap_and_give_the_rate():
    top = (1 << 33) * 300
    data = b"".join(packet(256, n % 16, pcr=(top - 54_000 + 27_000 * n) % top) for n in range(6))
    stream = ts.parse(data)
    assert np.diff(stream.pcr[1]).tolist() == [27_000] * 5
    assert stream.pcr_rates() == pytest.approx(188 * 8 * 1000)
    assert stream.duration() == pytest.approx(0.006)


@pytest.mark.parametrize(
    ("counters", "errors"),
    [([14, 15, 0, 1], 0), ([1, 2, 4, 5], 1), ([1, 1, 2], 0), ([1, 1, 1], 1), ([1, 3, 3, 4], 1)],
)
def test_continuity_errors(counters, errors):
    assert ts.parse(b"".join(packet(256, counter) for counter in counters)).continuity_errors() == errors


def test_a_packet_without_payload_repeats_the_counter_and_null_packets_do_not_count():
    data = packet(256, 1) + packet(256, 1, payload=False, pcr=0) + packet(ts.NULL_PID, 7) + packet(256, 2)
    stream = ts.parse(data)
    assert stream.continuity_errors() == 0 and stream.null_packets == 1


def test_a_damaged_stream_is_resynchronised():
    data = b"".join(packet(256, n % 16) for n in range(10))
    stream = ts.parse(b"xyz" + data[:400] + data[450:])
    assert 3 + len(data) - 50 == stream.skipped + len(stream) * ts.PACKET
    assert len(stream) in (8, 9) and stream.offsets[0] == 3


@pytest.mark.parametrize("data", [b"", b"G", b"G" * 187, bytes(4000), b"not a stream" * 100])
def test_what_is_no_stream_is_refused(data):
    with pytest.raises(ts.NotTransportStream, match="no MPEG transport stream"):
        ts.parse(data)


@pytest.mark.parametrize("size", [376, 1880, 5000, 50_000])
def test_hostile_bytes_do_no_worse_than_a_clear_error(size):
    data = np.random.default_rng(size).integers(0, 256, size, dtype=np.uint8)
    data[:: ts.PACKET] = ts.SYNC
    stream = ts.parse(data.tobytes())
    assert len(stream) * ts.PACKET + stream.skipped == size and stream.continuity_errors() >= 0
    for question in (stream.pcr_rates, stream.duration, stream.times, stream.access_units):
        try:
            question()
        except ts.NotTransportStream as error:
            assert "PCR" in str(error)


def test_constant_rate_fits_the_link_and_variable_rate_does_not(folder):
    constant, variable = (ts.read(assets.path(name, folder)) for name in ("cbr_twin", "vbr_twin"))
    assert rates.of(constant).peak_to_mean == pytest.approx(1, abs=0.01)
    assert rates.seconds_behind(constant, LINK) < 0.01
    assert rates.of(variable).mean < LINK < rates.of(variable, 1.0).peak
    assert rates.of(variable).peak_to_mean > 3
    assert rates.seconds_behind(variable, LINK) > 2
    small, large = rates.decoder_need(constant, LINK), rates.decoder_need(variable, LINK)
    assert small.start_up < 1 and large.start_up > 2 and large.bytes > 3 * small.bytes
    with pytest.raises(ValueError, match="not one window"):
        rates.of(constant, 100.0)


def test_losses_come_from_the_seed_alone(tmp_path):
    source, out = tmp_path / "source", tmp_path / "out"
    source.write_bytes(bytes(range(256)) * 400)
    results = [(damage.damage(source, out, seed, 10, 100), out.read_bytes()) for seed in (1, 1, 2)]
    assert results[0] == results[1] != results[2]
    assert len(results[0][1]) == 102_400 - 1000
    with pytest.raises(ValueError, match="do not fit"):
        damage.losses_of(1000, 1, 10, 100)


def test_gaps_are_found_where_bytes_were_lost_or_added():
    data = np.random.default_rng(1).integers(0, 256, 20_000, dtype=np.uint8).tobytes()
    received = data[:5000] + data[5150:9000] + bytes(15) + data[9010:]
    assert resync.gaps(data, data) == []
    assert resync.gaps(data, received) == [resync.Gap(5000, 150, 0), resync.Gap(9000, 10, 15)]
    assert sum(gap.length for gap in resync.gaps(data, b"")) == len(data)


def test_a_transport_stream_is_back_sooner_than_a_program_stream(folder, tmp_path):
    original = set(decode.frame_hashes(assets.path("clip", folder)))
    sent = resync.elementary_stream(assets.path("clip", folder))
    assert sent == resync.elementary_stream(assets.path("clip_ps", folder))
    for seed in (0, 1, 2):
        lost, intact = {}, {}
        for name in ("clip", "clip_ps"):
            damage.damage(assets.path(name, folder), tmp_path / name, seed, 30, 100)
            lost[name] = sum(gap.length for gap in resync.gaps(sent, resync.elementary_stream(tmp_path / name)))
            intact[name] = len(original & set(decode.frame_hashes(tmp_path / name)))
        assert lost["clip_ps"] > 4 * lost["clip"]
        assert intact["clip"] > 1.1 * intact["clip_ps"]


def test_decoding_says_what_is_wrong(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    found = decode.decode(tmp_path / "empty")
    assert found.frames == 0 and found.errors >= 1 and found.messages
    with pytest.raises(FileNotFoundError):
        decode.decode(tmp_path / "absent")


def test_the_tap_notes_whole_pictures():
    picture = bytes(range(24))
    header = b"YUV4MPEG2 W4 H4 F25:1 Ip A1:1\n"
    lines = io.StringIO()
    tap.note(io.BytesIO((header + b"FRAME\n" + picture) * 2 + b"FRAME\nxx"), lines)
    assert [line.split()[1] for line in lines.getvalue().splitlines()] == [hashlib.md5(picture).hexdigest()] * 2
    for bad in (b"FRAME\nabc", b"YUV4MPEG2 Wx H4\n", b"\xff" * 10_000):
        with pytest.raises(tap.NotPictures):
            tap.note(io.BytesIO(bad), io.StringIO())


def test_stalls_and_delay():
    digests = [f"{number:032x}" for number in range(6)]
    lines = [f"{time:.2f} {digests[number]}" for time, number in [(1, 0), (1.04, 1), (1.06, 1), (2.08, 2), (2.2, 5)]]
    shown = showing.compare([*lines, "2.3 " + "f" * 32, "2.4 abc"], digests)
    assert (shown.shown, shown.intact, shown.missing) == (5, 4, 2)
    assert [(stall.time, round(stall.seconds, 6)) for stall in shown.stalls()] == [(1.04, 1.0)]
    assert shown.delay == pytest.approx(1.0) and shown.start_up == pytest.approx(0.04)
    nothing = showing.compare([], digests)
    assert (nothing.shown, nothing.missing, nothing.delay, nothing.stalls()) == (0, 6, 0.0, [])
    with pytest.raises(showing.NotShowing, match="line 1"):
        showing.compare(["nonsense", *lines], digests)


def test_what_vlc_logs_is_counted():
    log = vlc.parse_log(
        "[00aa] main input debug: Stream buffering done (1013 ms in 888 ms)\n"
        "[00ab] main video output warning: picture is too late to be displayed (missing 47 ms)\n"
        "[00ab] main video output warning: picture is too late to be displayed (missing 758 ms)\n"
        "[00ac] main input error: ES_OUT_SET_(GROUP_)PCR  is called too late (pts_delay increased to 1000 ms)\n"
    )
    assert log == vlc.Log(bufferings=1, ran_dry=1, too_late=2, longest_late=0.758)


def test_a_vlc_that_is_not_there_or_has_played_nothing(tmp_path):
    with pytest.raises(vlc.VlcError, match="lack 'input bytes read'"):
        vlc.parse_statistics("stats: returned 0 (no error)")
    with pytest.raises(vlc.VlcError, match="No such file"):
        vlc.ask(tmp_path, "stats")
