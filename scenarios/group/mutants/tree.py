"""Mutants of the scenarios about application-level multicast (group.4-2-*): nodes and rendezvous points of the plain protocol with a
fault each."""

from harness import Mutant, program

# The last one they are told, and do not know.
_GIVEN = ("refresh", "child_lifetime", "root_cache", "answer_timeout", "rest", "children_max", "extensions")
_OPTIONS = [f"'--{name.replace('_', '-')}={{{name}}}'" for name in _GIVEN]

_NODES = {
    "root": {
        "registers-without-asking": "who is the root? nobody; so it registers",
        "never-refreshes": "a second RREG",
        "stays-away-when-refused": "2 nodes to be one tree",
        "takes-itself-for-the-root": "ROOT that a node sends while no rendezvous point answers",
    },
    "join": {
        "takes-four": "most children of a node in the end",
        "takes-everybody": "most children at any time",
        "takes-one": "13: the depth of the tree",
        "names-a-stranger": "NJOI lists that name others than the real children",
        "copies-twice": "copies that do not follow the tree",
        "asks-the-first": "lines of NJOI that joiners ever chose",
        "answers-port-10000": "RJOI that got no answer at the port from which they came",
        "names-port-10000": "children that NJOI names, each with its own port",
        "refresh-takes-a-place": "answers to a child that asks three times and takes one place",
    },
    "data": {
        "listens-everywhere": "icmp.type == 3",
        "prints-twice": "how often each node prints each message",
        "copies-twice": "copies that do not follow the tree",
        "loses-one-copy-in-50": "every node to print as many lines",
        "asks-for-the-root-each-time": "no more than once a minute",
        "tells-its-children-first": "copies that do not follow the tree",
        "takes-the-first-line": "the second of two lines that came in one datagram",
        "knows-messages-by-their-text": "the same words when they came a second time",
        "cuts-at-1024": "iperf: bytes in copies of its messages of",
        "refresh-takes-a-place": "children whose refresh was answered by NJOI",
        "does-not-flush": "does it flush what it prints?",
    },
    "age": {
        "never-gives-up": "2 nodes to be one tree",
        "gives-up-after-two": "after three refreshes without an answer",
    },
    "repair": {
        "never-gives-up": "nodes to be one tree",
        "gives-up-at-once": "parents left before three refreshes in a row were without an answer",
        "forgets-children-late": "children not forgotten when their three minutes",
        "ignores-its-parents-njoi": "the child asks the node that NJOI names",
        "none": "with the extension: an inner node dies; messages that survivors never get",
    },
    "loop": {
        "none": "with the extension: closed ways",
    },
    "hostile": {
        "dies-of-garbage": "garbage: the node still runs",
        "believes-everybody": "copies that do not follow the tree",
        "hardly-rests": "RJOI to the liar: one in each walk",
        "believes-any-yjoi": "refreshes to a stranger's port",
        "copies-whatever-comes": "how often each node prints a message whose datagram came to the root twice",
    },
    "ipv6": {
        "takes-four": "most children at any time",
        "names-a-stranger": "NJOI lists that name others than the real children",
        "copies-twice": "copies that do not follow the tree",
        "speaks-ipv4": "messages over IPv4",
        "listens-everywhere": "icmpv6.type == 1",
        "never-gives-up": "4 nodes to be one tree",
    },
    "cost": {
        "takes-four": "most copies that a host sends",
        "copies-twice": "tree of hosts: links whose copies are not those of its ways",
    },
}  # fmt: skip
_POINTS = {
    "root": {
        "refuses-refreshes": "and is accepted again",
        "accepts-everybody": "2 nodes to be one tree",
        "breaks-off-at-ctrl-c": "the rendezvous point's status after Ctrl+C",
        "names-port-10000": "TOOR names the port from which the root's RREG came",
        "answers-port-10000": "requests that got no answer at the port from which they came",
        "knows-by-address": "RREG from another port of the root's host",
    },
    "age": {
        "never-forgets": "2 nodes to be one tree",
        "keeps-twice-as-long": "the dead root is named until three minutes after its last RREG",
        "none": "the root's refresh, and the state file",
    },
    "hostile": {
        "dies-of-garbage": "garbage: the rendezvous point still runs",
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
    Mutant("group.4-2-cost", "flooding-switches", "IP multicast: links without the one copy", tamper="tamper_flooding_switches.py"),
]  # fmt: skip
