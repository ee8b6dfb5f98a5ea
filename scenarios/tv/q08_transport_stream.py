"""After the same bursts of lost bytes, MPEG-TS shows far more pictures whole than MPEG-PS, for it is back in step much sooner.

A transport stream is cut into packets of 188 bytes, each with a sync byte, an identifier and a counter: after a loss the
demultiplexer finds the next packet at most 188 bytes on, and notices what is missing. A program stream comes in packs of about
2 kB whose length is told once; lose the header or a part of the pack and all of it is gone. The lead holds for losses of tens of
bytes and more, as links have them. For a single lost byte the long packs are the cheaper ones, since TS gives up a whole packet.
"""

from statistics import mean

from harness import above, below, scenario
from scenarios.tv.kit import damage, decode, resync
from scenarios.tv.kit.clips.recipes import CLIP_SECONDS, FRAMES
from scenarios.tv.kit.decode import pictures
from scenarios.tv.kit.survival import survive
from topologies.single import Single

BURSTS, BYTES, RUNS = 30, 100, 4


@scenario("tv.q08", question="Why MPEG-TS rather than MPEG-PS over lossy links?", topology=Single(), captures=[], seconds=10, load=0.9)
def transport_stream(lab):
    lab.step("The files: the same coded pictures in a transport stream and in a program stream")
    files = {"TS": lab.asset("clip.ts"), "PS": lab.asset("clip.ps")}
    original = pictures(lab)
    video = {name: resync.elementary_stream(file) for name, file in files.items()}
    if not lab.expect(video["TS"] == video["PS"], True, "both carry the same video, byte for byte"):
        return  # nothing to compare
    lab.expect(decode.frame_hashes(files["PS"]) == original, True, f"undamaged, the PS too decodes to all {FRAMES:,} pictures")

    lab.step(f"Take {BURSTS} bursts of {BYTES} bytes out of each, at the same moments of the clip; {RUNS} times, at other places")
    damaged = lab.folder / "damaged"
    left = {
        name: [survive(file, damaged, original, video["TS"], lab.seed + run, BURSTS, BYTES) for run in range(RUNS)]
        for name, file in files.items()
    }
    intact = {name: [one.intact for one in runs] for name, runs in left.items()}
    lost = {name: [one.lost / BURSTS for one in runs] for name, runs in left.items()}
    silence = {name: mean(lost[name]) / len(video["TS"]) * CLIP_SECONDS * 1000 for name in files}
    for name in files:
        lab.tell("note", "", "", f"{name}: whole pictures {intact[name]}, bytes of video lost with each burst {[round(n) for n in lost[name]]}")
    lead = [ts - 1.1 * ps for ts, ps in zip(intact["TS"], intact["PS"])]
    lab.expect(min(lead), above(0, "pictures"), "whole pictures that TS is ahead of 1.1 · PS, in the worst run")
    lab.expect(mean(intact["TS"]), above(1.3 * mean(intact["PS"]), "pictures"), "mean of TS, against 1.3 · PS")
    cost = [ps - 4 * ts for ts, ps in zip(lost["TS"], lost["PS"])]
    lab.expect(min(cost), above(0, "B"), "video that PS loses with each burst beyond 4 · TS, in the best run")
    lab.expect(silence["TS"], below(8, "ms"), "TS: time until the demultiplexer is in step again, as milliseconds of video")
    lab.expect(silence["PS"], above(16, "ms"), "PS: the same")

    lab.step("The other side: losses of a single byte")
    for name, file in files.items():
        damage.damage(file, damaged, lab.seed, BURSTS, 1)
        gaps = resync.gaps(video["TS"], resync.elementary_stream(damaged))
        lost[f"{name}, 1 byte"] = [sum(gap.length for gap in gaps) / BURSTS]
    damaged.unlink()
    lab.expect(lost["PS, 1 byte"][0] < lost["TS, 1 byte"][0], True, "they cost the PS less than the TS: no lead without bursts")
    _plot(lab, intact, lost)


def _plot(lab, intact, lost):
    runs = list(range(1, RUNS + 1))
    panels = [
        {"title": title, "y_label": label, "lines": [],
         "series": [{"label": name, "x": runs, "y": values[name], "style": "bars"} for name in ("TS", "PS")]}
        for title, label, values in (
            (f"Whole pictures of {FRAMES:,}", "pictures", intact),
            ("Video lost with each burst", "bytes", lost),
        )
    ]  # fmt: skip
    lab.plot("survival", {"title": f"After {BURSTS} bursts of {BYTES} lost bytes", "x_label": "run", "panels": panels})
