"""Cells: a private world per scenario run (user, network, mount, pid, ipc and uts namespaces).

Nothing inside a cell can outlive it: its pid 1 ends when the runner ends, whatever the reason, and the kernel then kills
every process in the pid namespace and with them every namespace, interface, bridge and mount.
"""

from harness.world.cell.launch import Cell, CellError, fork_server

__all__ = ["Cell", "CellError", "fork_server"]
