"""What is tried in the emulated machine, in this order. Read it as a list; guest.py carries it out, outcome.py judges."""

from __future__ import annotations

import dataclasses

_HARNESS = "/usr/bin/python3 -P -m harness.cli run --jobs 1 --out {out}"
_LINKS = "WIREPROOF_SCENARIOS=tests/vm/scenarios " + _HARNESS + " --seed 1 --links {means} link"
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
    figures are within their bounds; of a ./lab run also when every question's verdict is the one in `verdicts` (id → verdict,
    else PASS; the status then says nothing more), its switches are of the kind `switch` and its links were made by `means` (both:
    how the evidence begins to tell). deadline in seconds; passing it is INCONCLUSIVE: the machine is slow.
    user: root, student (an ordinary user), or here: on this machine instead, and the verdicts and every expectation have to
    come out as those of the step `like`.
    """

    id: str
    proves: str
    command: str
    user: str = "root"
    deadline: float = 600
    shows: tuple[str, ...] = ()
    figures: dict[str, Figure] = dataclasses.field(default_factory=dict)
    verdicts: dict[str, str] = dataclasses.field(default_factory=dict)
    switch: str = ""
    means: str = ""
    like: str = ""


QDISCS = {
    "netem": "delay 1ms", "fq": "", "codel": "", "fq_codel": "", "prio": "", "sfq": "", "cake": "",
    "red": "limit 60000 avpkt 1000", "tbf": "rate 1mbit burst 10k latency 10ms", "htb": "",
}  # fmt: skip
_TRY_QDISCS = "".join(
    f"unshare -rn tc qdisc add dev lo root {kind} {options} && echo has {kind};" for kind, options in QDISCS.items()
)
# So that an ordinary user's cell is what loads it, as on a machine that has not used it yet.
_UNLOAD = "systemctl stop openvswitch-switch && modprobe -r openvswitch sch_netem && ! grep -E '^(openvswitch|sch_netem) ' /proc/modules"

_MN = " && ".join(
    f"mn --custom topologies/{topology.split(',')[0]}.py --topo {topology} --test pingall"
    for topology in ("single,3", "linear,3", "tree,depth=2,fanout=2", "two_segments", "two_homed")
)
_OVS_KERNEL, _OVS_USER = "Open vSwitch, kernel", "Open vSwitch, userspace"
_LINK_VERDICTS = {"link.lossy": "PASS", "link.rate": "PASS", "link.mistaken": "FAIL"}

STEPS = [
    Step("qdiscs", "The kernel's queueing disciplines can be had by an ordinary user in a namespace", _TRY_QDISCS,
         "student", shows=tuple(rf"has {kind}\b" for kind in QDISCS)),
    Step("mn", "Stock Mininet on the kernel datapath", "mn --topo single,3 --test pingall", shows=(r"\b0% dropped \(6/6",)),
    Step("mn-custom", "Every file of topologies/ under stock Mininet (two_homed: what does not forward answers half)", _MN, deadline=1500,
         shows=(r"\(6/6 received\)(.|\n)*\(6/6 received\)(.|\n)*\(12/12 received\)(.|\n)*\(20/20 received\)(.|\n)*\(3/6 received\)",)),
    Step("mn-delay", "Stock TCLink(delay=10ms) at both ends of two links: a round trip of 40 ms and a little",
         "echo 'h1 ping -c 30 -i 0.1 h2' | mn --topo single,2 --link tc,delay=10ms", shows=(r"\b30 received",),
         figures={"round trip, least": Figure(r"min/avg/max/mdev = ([\d.]+)/", "ms", 40, 50)}),
    Step("control", "The harness's own tests of links changed, cut and counted in flight, now by netem too",
         f"{_PYTEST} tests/harness/test_link_control.py -k 'netem or HTB'", deadline=2700),
    Step("networks", "The harness's own tests of networks, now on the kernel datapath too (256 hosts are too many here)",
         f"{_PYTEST} tests/harness/test_network.py -k 'not many_hosts'", "student", 2700),
    Step("probe", "The harness's own tests of shaped links and of the probe, now on the kernel datapath too",
         f"{_PYTEST} tests/harness/test_network_probe.py", deadline=2700),
    Step("doctor", "./lab doctor finds nothing to mend and nothing to note", "./lab doctor", "student",
         shows=("kernel has netem", "can run the labs", r"\A(?!(.|\n)*\bnote\b)")),
    Step("doctor-root", "The same as root", "./lab doctor", shows=("kernel has netem", "can run the labs")),
    Step("unload", "The modules of netem and Open vSwitch can be unloaded", _UNLOAD, shows=()),
    Step("run-kernel", "Questions on Open vSwitch's kernel datapath, which an ordinary user's cell has the kernel load",
         f"{_HARNESS} --switch ovs-kernel {QUICK}", "student", 1800, switch=_OVS_KERNEL),
    Step("run", "Questions on the default switch, for an ordinary user: Open vSwitch on /dev/net/tun", f"{_HARNESS} {QUICK}",
         "student", 1800, switch=_OVS_USER),
    Step("run-kernel-root", "Questions on the kernel datapath, as root", f"{_HARNESS} --switch ovs-kernel tv.q01 tv.q02", deadline=900,
         switch=_OVS_KERNEL),
    Step("run-root", "Questions on the default switch, as root", f"{_HARNESS} tv.q01 tv.q02", deadline=900, switch=_OVS_USER),
    Step("netem", "Links made by netem keep what they promise", f"{_PYTEST} tests/vm/test_netem.py", "student", 2700),
    Step("verdicts-netem", "Scenarios of lossy, slow and wrongly declared links, on netem", _LINKS.format(means="netem", out="{out}"),
         "student", 1800, verdicts=_LINK_VERDICTS, means="netem"),
    Step("verdicts-kernel", "The same on the kernel datapath", _LINKS.format(means="netem", out="{out}") + " --switch ovs-kernel",
         "student", 1800, verdicts=_LINK_VERDICTS, means="netem", switch=_OVS_KERNEL),
    Step("verdicts-wire", "The same on wire, in the same machine", _LINKS.format(means="wire", out="{out}"),
         "student", 1800, verdicts=_LINK_VERDICTS, means="wire"),
    Step("verdicts-here", "The same on wire, on the machine that runs the emulated one: the same verdicts, expectation by expectation",
         _LINKS.format(means="wire", out="{out}"), "here", 600, verdicts=_LINK_VERDICTS, means="wire", like="verdicts-netem"),
    Step("netem-root", "Links made by netem, as root", f"{_PYTEST} tests/vm/test_netem.py", deadline=2700),
    # Every row is disturbed (3) on an emulated processor; what the rows say is for bench/links --beside.
    Step("bench", "The rows of bench/links by netem", "/usr/bin/python3 bench/links --means netem --attempts 1 --out {out} || test $? = 3",
         deadline=2700, shows=(r"figures\.json",)),
]  # fmt: skip
