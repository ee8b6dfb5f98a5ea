"""The classics of congestion, each with parameters to sweep."""

SWITCH = "bridge"
"""In the kernel. Open vSwitch's userspace datapath is a process that may be late, and has room for 90 full frames only, so that it
loses of a sender's burst what only the bottleneck should."""
