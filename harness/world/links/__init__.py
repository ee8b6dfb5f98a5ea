"""Links: what they are asked to be, and the means that make them so.

A topology declares (``Link``, or the same options given to ``addLink``); what is declared is read and found possible whatever
the machine (``read``: link.py, direction.py, units.py, queue.py, rules.py, trace.py, schedule.py); ``choose`` picks the means (means.py);
kernel.py makes links by HTB and netem, wire.py by the program `wire`; control.py changes them while they are in use; audit.py
holds what `wire` counted against what was declared. Making the interfaces is harness.world.network's task.
"""

from harness.world.links.errors import LinkError, UnsupportedLink
from harness.world.links.link import Link

__all__ = ["Link", "LinkError", "UnsupportedLink"]
