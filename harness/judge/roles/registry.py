"""All roles by name."""

from __future__ import annotations

from harness.judge.roles import echo, group, tools, transport, tv
from harness.judge.roles.role import Role

ROLES: dict[str, Role] = {role.name: role for lab in (tools, tv, echo, transport, group) for role in lab.ROLES}
