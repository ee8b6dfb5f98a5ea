"""What mail.q01 must accept."""

from harness import Right, program

OPTIONS = ["{host}", "{port}", "{sender}", "{recipient}"]
RIGHT = [
    Right("mail.q01", "library", {"mail-client": program("library.py", *OPTIONS)}),
    Right("mail.q01", "line-by-line", {"mail-client": program("line_by_line.py", *OPTIONS)}),
]
