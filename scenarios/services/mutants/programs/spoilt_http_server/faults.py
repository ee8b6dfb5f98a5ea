"""What the command line tells: __main__.py FAULT ROOT PORT [--log=FILE] [--timeout=SECONDS]"""

import os
import sys

FAULT, ROOT, PORT = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3])
GIVEN = dict(word.lstrip("-").split("=", 1) for word in sys.argv[4:])
ROUND = float(GIVEN.get("timeout") or 30)  # s that a client may take


def is_(fault):
    return fault == FAULT
