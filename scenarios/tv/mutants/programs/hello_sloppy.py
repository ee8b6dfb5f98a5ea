"""A sender that checks nothing and waits for nothing: hello_sloppy.py WORD HOST PORT."""

import socket
import sys

sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.sendto(sys.argv[1].encode(), (sys.argv[2], int(sys.argv[3])))
