"""What the command line tells: __main__.py FAULT url=… proxy=… port=… log=… output=… timeout=… tries=…"""

import sys

fault = sys.argv[1]
given = dict(word.split("=", 1) for word in sys.argv[2:])
tries, patience = int(given.get("tries") or 3), float(given.get("timeout") or 4)
