"""After the same bursts of lost bytes, MPEG-TS shows far more pictures whole than MPEG-PS, for it is back in step much sooner.

A transport stream is cut into packets of 188 bytes, each with a sync byte, an identifier and a counter: after a loss the
demultiplexer finds the next packet at most 188 bytes on, and notices what is missing. A program stream comes in packs of about
2 kB whose length is told once; lose the header or a part of the pack and all of it is gone. The lead holds for losses of tens of
bytes and more, as links have them. For a single lost byte the long packs are the cheaper ones, since TS gives up a whole packet.
"""

from statistics import mean

from harness import above, below, same_bytes, scenario
from scenarios.tv.kit import decode, resync
from scenarios.tv.kit.clips.recipes import CLIP_SECONDS, FRAMES
from scenarios.tv.kit.decode import pictures
from scenarios.tv.kit.survival import described, lost_to_single_bytes, plot, runs_of
from topologies.single import Single

BURSTS, BYTES, RUNS = 30, 100, 4
ENCODED = "is the program stream remuxed from the transport stream (ffmpeg -c copy), or are its pictures others, or encoded anew?"


@scenario("tv.q08", question="Why MPEG-TS rather than MPEG-PS over lossy links?", topology=Single(), captures=[], seconds=10, load=0.9)
def transport_stream(lab):
    with lab.step("The files: the same coded pictures in a transport stream and in a program stream", id="files"):
        files = {"TS": lab.asset("clip.ts"), "PS": lab.asset("clip.ps")}
        video = {name: resync.elementary_stream(file) for name, file in files.items()}
        same = "the video of the program stream is that of the transport stream, byte for byte"
        if not lab.expect(video["PS"], same_bytes(video["TS"]), same, id="video", hint=ENCODED):
            return  # nothing to compare
        whole = decode.frame_hashes(files["PS"]) == pictures(lab)
        lab.expect(whole, True, f"undamaged, the PS too decodes to all {FRAMES:,} pictures")

    title = f"Take {BURSTS} bursts of {BYTES} bytes out of each, at the same moments of the clip; {RUNS} times, at other places"
    with lab.step(title, id="bursts"):
        left = {name: runs_of(lab, file, video["TS"], RUNS, BURSTS, BYTES) for name, file in files.items()}
        intact = {name: [one.intact for one in runs] for name, runs in left.items()}
        lost = {name: [one.lost / BURSTS for one in runs] for name, runs in left.items()}
        found = "; ".join(described(name, files[name], intact[name], lost[name]) for name in files)
        lab.tell("note", "", "", found)
        lead = [ts - 1.1 * ps for ts, ps in zip(intact["TS"], intact["PS"])]
        lab.expect(min(lead), above(0, "pictures"), "whole pictures that TS is ahead of 1.1 · PS, in the worst run", id="lead", hint=found)
        ahead = above(1.3 * mean(intact["PS"]), "pictures")
        lab.expect(mean(intact["TS"]), ahead, "whole pictures of TS as a mean, against 1.3 · those of PS", id="mean", hint=found)
        cost = [ps - 4 * ts for ts, ps in zip(lost["TS"], lost["PS"])]
        lab.expect(min(cost), above(0, "B"), "video that PS loses with each burst beyond 4 · TS, in the best run", id="cost", hint=found)
        silence = {name: mean(lost[name]) / len(video["TS"]) * CLIP_SECONDS * 1000 for name in files}
        back = "time until the demultiplexer is in step again, as milliseconds of video"
        lab.expect(silence["TS"], below(8, "ms"), f"TS: {back}", id="ts-silence")
        lab.expect(silence["PS"], above(16, "ms"), f"PS: {back}", id="ps-silence")

    with lab.step("The other side: losses of a single byte", id="single-bytes"):
        single = {name: lost_to_single_bytes(lab, file, video["TS"], BURSTS) for name, file in files.items()}
        cheaper = "bytes that PS loses with each, of which TS loses more: no lead without bursts"
        lab.expect(single["PS"], below(single["TS"], "B"), cheaper)
        plot(lab, f"After {BURSTS} bursts of {BYTES} lost bytes", intact, lost)
