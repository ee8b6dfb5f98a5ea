"""Chromium and Firefox without a display, on a host: what they show of a page, as a picture."""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy

SIZE = (800, 600)
_CHROMIUM = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-dev-shm-usage",
    "--disable-features=NetworkTimeServiceQuerying,OptimizationHints,MediaRouter", "--user-data-dir={folder}", "--window-size={width},{height}",
    "--screenshot={picture}", "--dump-dom", "{url}",
)  # fmt: skip
_FIREFOX = (
    "firefox-esr", "--headless", "--no-remote", "--profile", "{folder}", "--window-size={width},{height}", "--screenshot", "{picture}", "{url}",
)  # fmt: skip
BROWSERS = {"chromium": _CHROMIUM, "firefox": _FIREFOX}
_PREFERENCES = """\
user_pref("network.proxy.type", 0);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("services.settings.server", "");
user_pref("browser.safebrowsing.update.enabled", false);
"""
"""So that Firefox looks for nobody on the network before it begins."""
_DEADLINE = 60.0  # s; on a busy machine a browser takes its time
_NEAR = 3  # of 255, that a colour may be off


def visit(lab: Any, host: Any, browser: str, url: str, name: str, title: str, proxy: str = "") -> tuple[numpy.ndarray, str]:
    """What a browser without a past shows of a page, which stands in the report: rows of pixels, red, green and blue from 0 to 255 (none where it
    shows nothing); and the page as it has read it, where it tells. proxy: the URL of one, for Chromium."""
    picture = pathlib.Path(lab.folder / f"{name}.png")
    with tempfile.TemporaryDirectory(prefix=browser) as folder:
        pathlib.Path(folder, "user.js").write_text(_PREFERENCES)
        given = {"folder": folder, "picture": picture, "url": url, "width": SIZE[0], "height": SIZE[1]}
        command = [word.format(**given) for word in BROWSERS[browser]]
        command[1:1] = [f"--proxy-server={proxy}"] if proxy else []
        done = host.start_command(*command, name=browser, environment={"HOME": folder, "XDG_RUNTIME_DIR": folder})
        done.wait(_DEADLINE)
    if not picture.exists():
        return numpy.zeros((0, 0, 3), int), done.output
    lab.screenshot(name, title, picture)
    import matplotlib.image  # late: it is slow, and makes folders in the caller's home

    return numpy.rint(matplotlib.image.imread(picture)[:, :, :3] * 255).astype(int), done.output


def pixels(shown: numpy.ndarray, colour: Sequence[int]) -> int:
    """How many have the colour."""
    return int((abs(shown - numpy.array(colour)).max(axis=2) <= _NEAR).sum()) if shown.size else 0


def written(shown: numpy.ndarray) -> int:
    """How many have another colour than most: letters and the like."""
    if not shown.size:
        return 0
    _, counts = numpy.unique(shown.reshape(-1, 3), axis=0, return_counts=True)
    return int(counts.sum() - counts.max())
