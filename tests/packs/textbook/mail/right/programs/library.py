"""The library's own client: library.py HOST PORT SENDER RECIPIENT"""

import smtplib
import sys

host, port, sender, recipient = sys.argv[1:]
with smtplib.SMTP(host, int(port)) as mail:
    try:
        mail.ehlo_or_helo_if_needed()
        if mail.mail(sender)[0] != 250 or mail.rcpt(recipient)[0] != 250:
            sys.exit(1)
        if mail.data(sys.stdin.read())[0] != 250:
            sys.exit(1)
    except smtplib.SMTPException as error:
        sys.exit(str(error))
