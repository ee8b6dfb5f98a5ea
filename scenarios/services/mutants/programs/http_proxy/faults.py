"""What is wrong with this proxy, and what it is told: FAULT name=value…"""

import sys

FAULT = sys.argv[1]
given = dict(word.split("=", 1) for word in sys.argv[2:])


def is_(name):
    return FAULT == name
