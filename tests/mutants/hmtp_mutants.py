"""Mutants of the scenarios about application-level multicast (group.4-2-*): nodes and rendezvous points of the plain protocol with a
fault each."""

from tests.mutants.mutant import Mutant, program

_TIMES = ("refresh", "child_lifetime", "root_cache", "answer_timeout", "rest", "children_max")
_OPTIONS = [f"'--{name.replace('_', '-')}={{{name}}}'" for name in _TIMES]

_NODES = {
    "root": {
        "registers-without-asking": "who is the root? nobody; so it registers",
        "never-refreshes": "a second RREG",
        "stays-away-when-refused": "2 nodes to be one tree",
    },
    "join": {
        "takes-four": "most children of a node in the end",
        "takes-everybody": "most children at any time",
        "takes-one": "13: the depth of the tree",
        "names-a-stranger": "NJOI lists that name others than the real children",
        "copies-twice": "copies that do not follow the tree",
    },
    "data": {
        "listens-everywhere": "icmp.type == 3",
        "prints-twice": "how often each node prints each message",
        "copies-twice": "copies that do not follow the tree",
        "loses-one-copy-in-50": "every node to print as many lines",
        "asks-for-the-root-each-time": "no more than once a minute",
    },
}  # fmt: skip
_POINTS = {
    "root": {
        "refuses-refreshes": "and is accepted again",
        "accepts-everybody": "2 nodes to be one tree",
    },
}  # fmt: skip

MUTANTS = [
    *(
        Mutant(f"group.4-2-{question}", name, caught_by, {"mcast-node": program("mcast_node.py", name, "{rdv_point}", *_OPTIONS)})
        for question, faults in _NODES.items()
        for name, caught_by in faults.items()
    ),
    *(
        Mutant(
            f"group.4-2-{question}", f"point-{name}", caught_by, {"rdv-point": program("rdv_point.py", name, "'--lifetime={lifetime}'")}
        )
        for question, faults in _POINTS.items()
        for name, caught_by in faults.items()
    ),
]  # fmt: skip
