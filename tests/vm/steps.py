"""What is tried in the emulated machine, in this order. Read it as a list; guest.py carries it out, outcome.py judges."""

from __future__ import annotations

import dataclasses

_HARNESS = "/usr/bin/python3 -P -m harness.cli run --jobs 1 --out {out}"
_PYTEST = "/usr/bin/python3 -P -m pytest -p no:cacheprovider -o junit_family=xunit1 --junitxml={out}/junit.xml"
# Of each lab some questions that do not hang on the clock: an emulated machine is late at everything.
QUICK = "tv.q01 tv.q02 tv.q03 tv.q05 tv.q10 tv.q18"


@dataclasses.dataclass(frozen=True)
class Figure:
    """A number in the output (the pattern's first group), which must lie within the bounds."""

    pattern: str
    unit: str
    least: float
    most: float


@dataclasses.dataclass(frozen=True)
class Step:
    """One command for the guest's shell, run in the user's own copy of the repository; {out}: a folder for its evidence.

    It passes when its status is 0 (3: INCONCLUSIVE, as everywhere), every pattern in `shows` is found in its output, and all
    figures are within their bounds. deadline in seconds; passing it is INCONCLUSIVE: the machine is slow.
    """

    id: str
    proves: str
    command: str
    user: str = "root"
    deadline: float = 120
    shows: tuple[str, ...] = ()
    figures: dict[str, Figure] = dataclasses.field(default_factory=dict)


QDISCS = {
    "netem": "delay 1ms", "fq": "", "codel": "", "fq_codel": "", "prio": "", "sfq": "", "cake": "",
    "red": "limit 60000 avpkt 1000", "tbf": "rate 1mbit burst 10k latency 10ms", "htb": "",
}  # fmt: skip
_TRY_QDISCS = "".join(
    f"unshare -rn tc qdisc add dev lo root {kind} {options} && echo has {kind};" for kind, options in QDISCS.items()
)
# So that an ordinary user's cell is what loads it, as on a machine that has not used it yet.
_UNLOAD = "systemctl stop openvswitch-switch && modprobe -r openvswitch sch_netem && ! grep -E '^(openvswitch|sch_netem) ' /proc/modules"

STEPS = [
    Step("qdiscs", "The kernel's queueing disciplines can be had by an ordinary user in a namespace", _TRY_QDISCS,
         "student", shows=tuple(rf"has {kind}\b" for kind in QDISCS)),
    Step("mn", "Stock Mininet on the kernel datapath", "mn --topo single,3 --test pingall", shows=(r"\b0% dropped \(6/6",)),
    Step("mn-delay", "Stock TCLink(delay=10ms) at both ends of two links: a round trip of 40 ms and a little",
         "echo 'h1 ping -c 30 -i 0.1 h2' | mn --topo single,2 --link tc,delay=10ms", shows=(r"\b30 received",),
         figures={"round trip, least": Figure(r"min/avg/max/mdev = ([\d.]+)/", "ms", 40, 50)}),
    Step("doctor", "./lab doctor finds nothing to mend and nothing to note", "./lab doctor", "student",
         shows=("kernel has netem", "can run the labs", r"\A(?!(.|\n)*\bnote\b)")),
    Step("doctor-root", "The same as root", "./lab doctor", shows=("kernel has netem", "can run the labs")),
    Step("unload", "The modules of netem and Open vSwitch can be unloaded", _UNLOAD, shows=()),
    Step("run-kernel", "Questions on Open vSwitch's kernel datapath, which an ordinary user's cell has the kernel load",
         f"{_HARNESS} --switch ovs-kernel {QUICK}", "student", 600),
    Step("run", "Questions on the default switch", f"{_HARNESS} {QUICK}", "student", 600),
    Step("run-kernel-root", "Questions on the kernel datapath, as root", f"{_HARNESS} --switch ovs-kernel {QUICK}", deadline=600),
    Step("run-root", "Questions on the default switch, as root", f"{_HARNESS} {QUICK}", deadline=600),
    Step("netem", "Links made by netem keep what they promise", f"{_PYTEST} tests/vm/test_netem.py", "student", 900),
    Step("netem-root", "The same as root", f"{_PYTEST} tests/vm/test_netem.py", deadline=900),
    Step("networks", "The harness's own tests of networks, now on the kernel datapath too (256 hosts are too many here)",
         f"{_PYTEST} tests/harness/test_network.py -k 'not many_hosts'", "student", 1500),
    Step("probe", "The harness's own tests of shaped links and of the probe, now on the kernel datapath too",
         f"{_PYTEST} tests/harness/test_network_probe.py", deadline=900),
]  # fmt: skip
