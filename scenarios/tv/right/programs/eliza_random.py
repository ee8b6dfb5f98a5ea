#!/usr/bin/env python3
"""yourfriend.py : Eliza sur TCP, un processus fils par client. Réponses tirées au sort."""
import os
import random
import re
import signal
import socket
import sys

MIROIR = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "am": "are", "i'm": "you're",
    "you": "me", "your": "my", "yours": "mine", "yourself": "myself", "are": "am", "was": "were",
}

REGLES = [
    (r".*\bmother\b.*", ["What comes to your mind when you think of your mother?", "How do you get along with your mother?",
                         "Is your whole family like your mother?"]),
    (r".*\b(father|brother|sister)\b.*", ["Tell me more about your {0}.", "Does your {0} know that?"]),
    (r".*\bdream(s|ed)?\b.*", ["What do you think that dream means?", "Do you often have such a dream?",
                               "Who was with you in the dream?"]),
    (r"i am (.*)", ["Do you believe it is normal that you are {0}?", "Since when do you know that you are {0}?",
                    "Would you have come here if it were not that you are {0}?"]),
    (r"i'm (.*)", ["Does it help to say that you are {0}?", "So you are {0}."]),
    (r"you are (.*)", ["What makes you think that I am {0}?", "Would you prefer it if I am not {0}?", "Maybe I am {0}, who knows."]),
    (r"i (?:want|need) (.*)", ["What would it change if you had {0}?", "Why {0}, of all things?"]),
    (r"i (?:feel|felt) (.*)", ["Do you often feel {0}?", "What makes you feel {0}?"]),
    (r"i (?:can't|cannot) (.*)", ["What keeps you from it?", "Have you tried to {0}?"]),
    (r"(?:hello|hi|hey)\b.*", ["Hello again. What is on your mind?", "Hi. What would you like to talk about?"]),
    (r"(?:yes|yeah)\b.*", ["You sound sure.", "Can you say a little more?"]),
    (r"no\b.*", ["Why not?", "Are you saying no just to be negative?"]),
    (r".*\?", ["Why does that interest you?", "What answer would please you most?"]),
    (r".*", ["Go on, please.", "I see.", "And how do you feel about that?", "That is interesting. Tell me more."]),
]


def retourner(morceau):
    return " ".join(MIROIR.get(mot, mot) for mot in morceau.split())


def analyser(phrase):
    phrase = phrase.lower().strip().rstrip(".!")
    for motif, reponses in REGLES:
        m = re.fullmatch(motif, phrase)
        if m:
            return random.choice(reponses).format(*[retourner(g or "") for g in m.groups()])


def dialogue(conn):
    f = conn.makefile("rw", encoding="utf-8", errors="replace")
    f.write("Hello, I am Eliza. How are you today?\n")
    f.flush()
    for ligne in f:
        mot = ligne.strip().lower().rstrip(".!")
        if mot in ("bye", "goodbye", "quit"):
            f.write("Good bye. It was a pleasure to talk to you.\n")
            f.flush()
            return
        f.write(analyser(ligne) + "\n")
        f.flush()


signal.signal(signal.SIGCHLD, signal.SIG_IGN)
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", int(sys.argv[1])))
s.listen(5)
print("Eliza attend sur le port", sys.argv[1], flush=True)
try:
    while True:
        conn, addr = s.accept()
        print("patient :", addr, flush=True)
        if os.fork() == 0:
            s.close()
            try:
                dialogue(conn)
                conn.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            os._exit(0)
        conn.close()
except KeyboardInterrupt:
    print("fermeture du cabinet")
    s.close()
