"""Drawings of a topology: ``draw_svg`` for the page, ``draw_text`` for ``./lab show``.

Both take what harness.world.network.Network.describe() gives: {"name", "hosts": [{"name", "router", "interfaces": [{"name",
"ip", "mac"}]}], "switches": [{"name", "kind"}], "links": [{"a", "a_interface", "b", "b_interface", "bw" (Mbit/s),
"queue" (packets, or a word), "shaper", …}], "congestion_control"}.
"""

from harness.report.topology_svg import draw_svg
from harness.report.topology_text import draw_text

__all__ = ["draw_svg", "draw_text"]
