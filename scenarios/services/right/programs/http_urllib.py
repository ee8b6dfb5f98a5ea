"""A client by urllib: http_urllib.py url= proxy= port= log= output=, empty where they are not given."""

import http.client
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit, urlunsplit

url, proxy, port, log, output = (word.partition("=")[2] for word in sys.argv[1:])
parts = urlsplit(url)
if port and ":" not in parts.netloc:
    url = urlunsplit(parts._replace(netloc=f"{parts.netloc}:{port}"))


class Logged(urllib.request.BaseHandler):
    """Writes down what comes, before anybody else looks at it."""

    handler_order = 0

    def http_response(self, request, response):
        with open(log or "/dev/null", "a", encoding="utf-8") as file:
            print(f"HTTP/1.1 {response.status} {response.reason}", response.headers, sep="\n", file=file)
        return response


opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy} if proxy else {}), Logged)
try:
    with opener.open(url, timeout=10) as response:
        data = response.read()
except urllib.error.HTTPError as error:
    sys.exit(f"{error.code} {error.reason}")
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"{url}: {error!r}")
with open(output or url.rpartition("/")[2].partition("?")[0] or "index.html", "wb") as file:
    file.write(data)
