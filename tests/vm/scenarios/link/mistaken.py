"""A scenario that is wrong about its links, 20 ms each way instead of 10, fails whatever makes them."""

import re

from harness.judge.expect import about, equals
from harness.judge.scenario import scenario
from topologies.single import Single


@scenario("link.mistaken", question="Is a wrong delay noticed?", topology=Single(2, delay="20ms"), seconds=4)
def mistaken(lab):
    said = lab.h1.run("ping", "-c", "20", "-i", "0.05", lab.h2).output
    lab.expect(int(re.search(r"(\d+) received", said)[1]), equals(20), "all answers come")
    least = float(re.search(r"min/avg/max/mdev = ([\d.]+)", said)[1]) / 1e3
    lab.expect(least, about(0.040, by=0.010, unit="s"), "a round trip is four times 10 ms")
