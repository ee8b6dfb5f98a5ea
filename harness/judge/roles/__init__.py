"""Roles: what programs a scenario needs, and who fills them.

A scenario names roles; our programs fill them by default, and ``--with ROLE=COMMAND`` puts anyone's program in the place. A role is a
contract: whatever a scenario passes, and every word that it waits for, stands in it (`./lab show ROLE`).
"""

from harness.judge.roles.registry import ROLES
from harness.judge.roles.replacement import check_program, lacking, parse_replacement
from harness.judge.roles.role import Role, RoleError, placeholders

__all__ = ["ROLES", "Role", "RoleError", "check_program", "lacking", "parse_replacement", "placeholders"]
