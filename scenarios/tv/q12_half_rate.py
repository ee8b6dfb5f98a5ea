"""At half its rate the clip stops and goes: all of it is played in the end, one minute late.

Each second brings half a second of film. The player fills its buffer, plays it empty, halts until it is full again: every
halt lasts as long as the film shown since the last one, so that the 60 s of film take 120 s to show. Nothing is lost, for
UDP does not care how slowly the datagrams come; the frames are late, not gone. VLC halts less often than the plain player
of tv-probe, for it slows its clock down as well; around each halt it leaves out a few pictures.
"""

from harness import about, above, ended, equals, scenario
from scenarios.tv.kit import wire
from scenarios.tv.kit.decode import frame_hashes, pictures
from scenarios.tv.kit.players import play
from scenarios.tv.kit.streams import RATE, screen, send, watch
from topologies.single import Single

CLIP = 60.0  # s


@scenario(
    "tv.q12", question="Send the clip at half its rate", topology=Single(3), roles=["tv-sender", "tv-probe"],
    needs={"tv-sender": ["file"], "tv-probe": ["idle_timeout", "json", "timeline", "save"]},
    seconds=124, load=0.1, captures=["h1-eth0"], snaplen=128,
)  # fmt: skip
def half_rate(lab):
    speeds = (0.5, 1, 2) if lab.takes("tv-sender", "speed") else (0.5,)  # else it is made for half the rate, and has no other
    lab.step("Half rate to VLC on h1; to h3 half, own and double rate, for players beside each other")
    vlc, viewers = play(lab.h1), {speed: watch(lab.h3, 5000 + place) for place, speed in enumerate(speeds)}
    sender = send(lab.h2, lab.h1, speed=0.5)
    senders = [send(lab.h2, lab.h3, 5000 + place, speed=speed) for place, speed in enumerate(viewers)]
    for status in lab.wait(sender, *senders, deadline=150):
        lab.expect(status, ended, "the senders reach the end of the clip")
    lab.at(2, since=sender.ended)
    played = vlc.stop(pictures(lab))
    reports = {speed: viewer.report() for speed, viewer in viewers.items()}
    half = reports[0.5]
    slow = half["player"]

    lab.step("Half of what the player needs arrives")
    arrived = lab.packets(lab.h1, f"udp.dstport == 5000 and ip.dst == {lab.h1}")
    rate = about(RATE / 2, percent=2, unit="bit/s").ideally(about(RATE / 2, percent=1, unit="bit/s"))
    lab.expect(wire.payload_rate(arrived), rate, "h1 gets half the clip's rate")

    lab.step("Stop and go")
    lab.expect(played.log.bufferings, above(2), "VLC fills its buffer again and again")
    lab.expect(played.showing.delay, about(CLIP, percent=8, unit="s"), "VLC's picture is late in the end by the clip's length")
    most = above(0.8 * played.showing.total).ideally(above(0.9 * played.showing.total))
    lab.expect(played.showing.intact, most, "VLC shows nine pictures in ten intact, all the same")
    lab.expect(slow["stalls"], above(20), "tv-probe's player stands still often")
    lab.expect(slow["stall_seconds"], about(CLIP, percent=5, unit="s"), "in all for the clip's length again")
    if 1 in reports:
        own = reports[1]["player"]
        lab.expect(own["stalls"], equals(0), "at its own rate it never does")
        lab.expect(own["lost_seconds"], equals(0), "nor loses anything; at double rate it does (tv.q13)")

    lab.step("Every frame is played in the end")
    lab.expect(half["continuity_errors"], equals(0), "h3 misses no TS packet")
    lab.expect(slow["played_seconds"], about(CLIP, by=0.1, unit="s"), "tv-probe's player plays the whole clip")
    lab.expect(frame_hashes(viewers[0.5].saved) == pictures(lab), True, "ffmpeg decodes all 1,498 pictures of the clip from what h3 got")
    start = sender.started
    buffers = [(speed, *viewer.buffer(start)) for speed, viewer in viewers.items()]
    seconds, places = screen(played.showing, start)
    lab.plot("buffer", {
        "title": "The player's buffer at half, own and double rate", "x_label": "time (s)",
        "panels": [
            *({"title": f"{speed:g} × the clip's rate", "y_label": "buffered (s)",
               "series": [{"label": "tv-probe's buffer", "x": x, "y": y}]} for speed, x, y in buffers),
            {"title": "What VLC shows at half rate", "y_label": "clip (s)",
             "series": [{"label": "VLC's screen", "x": seconds, "y": places}]},
        ],
    })  # fmt: skip
