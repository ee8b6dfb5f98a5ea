"""At double rate the network delivers everything, and the player loses about a third: it cannot show two seconds in one.

Each second brings two seconds of film. The player shows one and keeps the other, until its bounded buffer is full or the
clock of the stream has run away from its own: then it throws pictures away, here as many as a sender without any pace
would lose in a network. Every datagram arrived and ffmpeg, which does not keep time, decodes every picture from them.
"""

from harness import about, between, ended, equals, scenario
from scenarios.tv.kit import wire
from scenarios.tv.kit.decode import frame_hashes, pictures
from scenarios.tv.kit.players import play
from scenarios.tv.kit.streams import RATE, payload, screen, send, watch
from topologies.single import Single


@scenario(
    "tv.q13", question="Send the clip at double rate", topology=Single(3), roles=["tv-sender", "tv-probe"],
    needs={"tv-sender": ["file"], "tv-probe": ["idle_timeout", "json", "timeline", "save"]}, seconds=36, load=0.15, snaplen=128,
)  # fmt: skip
def double_rate(lab):
    lab.step("Double rate to VLC on h1 and to tv-probe on h3")
    vlc, probe = play(lab.h1), watch(lab.h3)
    sender, second = send(lab.h2, lab.h1, speed=2), send(lab.h2, lab.h3, speed=2)
    for status in lab.wait(sender, second, deadline=60):
        lab.expect(status, ended, "the senders reach the end of the clip")
    lab.at(2, since=sender.ended)
    played, report = vlc.stop(pictures(lab)), probe.report()

    lab.step("The network delivers everything, twice as fast")
    for host in (lab.h1, lab.h3):
        arrived = lab.packets(host, f"udp.dstport == 5000 and ip.dst == {host}")
        rate = about(2 * RATE, percent=3, unit="bit/s").ideally(about(2 * RATE, percent=1, unit="bit/s"))
        lab.expect(wire.payload_rate(arrived), rate, f"{host.name} gets twice the clip's rate")
        lab.expect(payload(arrived), equals(lab.asset("clip.ts").stat().st_size, "bytes"), f"every byte reaches {host.name}", on=arrived)
    lab.expect(report["continuity_errors"], equals(0), "h3 misses no TS packet")
    lab.expect(frame_hashes(probe.saved) == pictures(lab), True, "ffmpeg decodes all 1,498 pictures of the clip from what h3 got")

    lab.step("The player loses what it cannot show in time nor keep")
    showing, player = played.showing, report["player"]
    lab.expect(100 * showing.missing / showing.total, between(20, 60, "%"), "pictures of the clip that VLC never shows intact")
    lab.expect(100 * player["lost_share"], about(40, by=6, unit="%").ideally(about(40, by=3, unit="%")), "film that tv-probe's player throws away")
    lab.expect(player["peak_buffer_bytes"], about(512 * 1024, percent=1, unit="B"), "because its buffer is full")
    lab.expect(player["stalls"], equals(0), "it never stands still")
    start = sender.started
    seconds, places = screen(showing, start)
    times, levels = probe.buffer(start)
    lab.plot("double", {
        "title": "Double rate: more film than time to show it", "x_label": "time (s)",
        "panels": [
            {"title": "Film that came, film that VLC shows", "y_label": "clip (s)", "series": [
                {"label": "sent", "x": [0, sender.ended - start], "y": [0, showing.total / showing.rate]},
                {"label": "on VLC's screen", "style": "points", "x": seconds, "y": places},
            ]},
            {"title": "The bounded buffer of tv-probe's player", "y_label": "buffered (s)",
             "series": [{"label": "tv-probe's buffer", "x": times, "y": levels}]},
        ],
    })  # fmt: skip
