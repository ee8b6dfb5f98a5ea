"""System calls of programs on hosts: recorded by strace, read, and tied to the frames on the wire."""
