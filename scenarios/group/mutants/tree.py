"""Mutants of the scenarios about application-level multicast (group.4-2-*): nodes and rendezvous points of the plain protocol with a
fault each."""

from harness import Mutant, program

# The last one they are told, and do not know.
_GIVEN = ("refresh", "child_lifetime", "root_cache", "answer_timeout", "rest", "children_max", "extensions")
_OPTIONS = [f"'--{name.replace('_', '-')}={{{name}}}'" for name in _GIVEN]

_NODES: dict[str, dict[str, str | tuple[str, ...]]] = {
    "root": {
        "registers-without-asking": "first/registers",
        "never-refreshes": "refresh",
        "stays-away-when-refused": "two",
        "takes-itself-for-the-root": "alone/asks-again",
    },
    "join": {
        "takes-four": "13-nodes/children",
        "takes-everybody": "13-nodes/children-ever",
        "takes-one": "13-nodes/depth",
        "names-a-stranger": "13-nodes/lists",
        "copies-twice": "message-to-13/copies",
        "asks-the-first": "40-nodes/random",
        "answers-port-10000": "ports/answered",
        "names-port-10000": "ports/named",
        "refresh-takes-a-place": "ports/places",
    },
    "data": {
        "listens-everywhere": "stranger",
        "prints-twice": "lines/printed",
        "copies-twice": "lines/copies",
        "loses-one-copy-in-50": "iperf",
        "asks-for-the-root-each-time": "iperf/root-asked",
        "keeps-the-root-for-ever": "iperf/root-kept",
        "prints-text-only": "iperf/printed",
        "prints-line-ends-too": "iperf/a-line-each",
        "tells-its-children-first": "lines/copies",
        "takes-the-first-line": "two-lines/second-line",
        "knows-messages-by-their-text": "lines",
        "cuts-at-1024": "iperf/size",
        "refresh-takes-a-place": "iperf/refreshes",
        "does-not-flush": "file",
    },
    "age": {
        "never-gives-up": "root-killed",
        "gives-up-after-two": "root-killed/tried",
    },
    "repair": {
        "never-gives-up": ("leaf-dies", "inner-node-dies"),
        "gives-up-at-once": "extension-off/left-too-soon",
        "forgets-children-late": "extension-off/forgotten",
        "ignores-its-parents-njoi": "sent-away",
        "none": "extension-on/inner-node-missed",
    },
    "loop": {
        "none": "extension/cycles",
    },
    "hostile": {
        "dies-of-garbage": "garbage/node-runs",
        "believes-everybody": "as-before/copies",
        "hardly-rests": "liar/rests",
        "believes-any-yjoi": "liar/believed",
        "copies-whatever-comes": "as-before/printed",
    },
    "ipv6": {
        "takes-four": "tree/children-ever",
        "names-a-stranger": "tree/lists",
        "copies-twice": "lines/copies",
        "speaks-ipv4": "always/ipv4",
        "listens-everywhere": "stranger",
        "never-gives-up": "root-killed",
    },
    "cost": {
        "takes-four": "5-nodes/most-copies",
        "copies-twice": "5-nodes/tree-of-hosts-copies",
    },
}  # fmt: skip
_POINTS: dict[str, dict[str, str | tuple[str, ...]]] = {
    "root": {
        "refuses-refreshes": "refresh/answer",
        "refresh-does-not-renew": "refresh/renewed",
        "accepts-everybody": "two",
        "breaks-off-at-ctrl-c": "alone/status",
        "names-port-10000": "other-port/toor",
        "answers-port-10000": "other-port/answered",
        "knows-by-address": "other-port/another",
    },
    "age": {
        "never-forgets": "root-killed",
        "keeps-twice-as-long": "root-killed/named",
        "none": "state",
    },
    "hostile": {
        "dies-of-garbage": "garbage/point-runs",
    },
}  # fmt: skip
_FAULT = {"none": "knows-the-plain-protocol-only"}  # which is the fault where the extension, or --state, is asked for

MUTANTS = [
    *(
        Mutant(
            f"group.4-2-{question}", _FAULT.get(fault, fault), caught_by,
            {"mcast-node": program("mcast_node.py", fault, "{rdv_point}", *_OPTIONS)},
        )
        for question, faults in _NODES.items()
        for fault, caught_by in faults.items()
    ),
    *(
        Mutant(
            f"group.4-2-{question}", f"point-{_FAULT.get(fault, fault)}", caught_by,
            {"rdv-point": program("rdv_point.py", fault, "'--lifetime={lifetime}'", "'--state={state}'")},
        )
        for question, faults in _POINTS.items()
        for fault, caught_by in faults.items()
    ),
    Mutant("group.4-2-cost", "flooding-switches", "5-nodes/multicast-copies", tamper="tamper_flooding_switches.py"),
]  # fmt: skip
