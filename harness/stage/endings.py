"""Matchers for how programs end, which ask more of ours than any sheet asks of a student."""

from __future__ import annotations

import signal

from harness.judge.expect import Matcher

interrupted = Matcher("a status, or an end by SIGINT", lambda found: found >= 0 or found == -signal.SIGINT, "either").ideally(0)
"""What Ctrl+C makes of a program: an end, by itself or by the system. No sheet asks for more; a good program ends in order, status 0."""

ended = Matcher("an end by itself", lambda found: found >= 0, "any status").ideally(0)
"""What the end of its input makes of a program: an end, with any status. A good program's is 0."""
