"""What went wrong, in words that a terminal may see."""

import re

from given import fault


class Wrong(Exception):
    """again: whether trying again may help."""

    def __init__(self, text, again=False):
        super().__init__(text)
        self.again = again


def shown(text):
    if fault == "prints-as-it-is":
        return text
    return re.sub(r"[^ -~]", "?", text)
