"""What mail.q01 must reject."""

from harness import Mutant, program

FAULTS = {
    "no-hello": "the commands are HELO",
    "recipient-first": "the commands are HELO",
    "no-quit": "the commands are HELO",
    "all-at-once": "what the client says before the reply",
    "no-greeting": "what the client says before the reply",
    "no-wait-for-354": "what the client says before the reply",
    "no-brackets": "MAIL FROM and RCPT TO name the addresses",
    "swapped": "MAIL FROM and RCPT TO name the addresses",
    "bare-newlines": "lines that do not end with CR LF",
    "no-stuffing": "lines that begin with a dot have one more",
    "stuffs-first-only": "lines that begin with a dot have one more",
    "stuffs-lone-dot-only": "lines that begin with a dot have one more",
    "strips": "the message arrives unchanged",
    "empty-line-more": "the message arrives unchanged",
    "not-empty-lines": "the message arrives unchanged",
    "quits-and-runs": "the client closes after the reply to QUIT",
    "deaf": "refused: after the refusal comes QUIT",
    "drops-the-line": "refused: after the refusal comes QUIT",
    "always-content": "refused: the client's status is not 0",
}

OPTIONS = ["{host}", "{port}", "{sender}", "{recipient}"]
MUTANTS = [Mutant("mail.q01", name, words, {"mail-client": program("wrong.py", name, *OPTIONS)}) for name, words in FAULTS.items()]
