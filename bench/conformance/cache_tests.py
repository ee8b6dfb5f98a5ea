#!/usr/bin/python3
"""What http-proxy scores in the public tests for HTTP caches (https://cache-tests.fyi), as a reverse and as a forward proxy.

    git clone https://github.com/http-tests/cache-tests.git SUITE && (cd SUITE && npm install)
    /usr/bin/python3 bench/conformance/cache_tests.py SUITE [--proxy build/release/bin/http-proxy] [--mode reverse] [--only ID]

SUITE is the suite with its dependencies, fetched by you; nothing of it belongs to wireproof. Needs node (20 or newer). All runs in private
network and process namespaces (no root needed). Shown are the counts of each kind of test, required first, what failed with what the
suite says of it, and beside it the published results of other caches that the suite brings with it.
--only ID shows the requests and answers of one test. Exit status: 0 measured, 1 something is missing or did not run, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.running import Trouble, again_apart, running  # noqa: E402

ORIGIN, PROXY = 8000, 8080
_SECONDS = 300.0  # for all tests of a mode
_KINDS = """
import tests from 'file://SUITE/tests/index.mjs'
import { determineTestResult, resultTypes } from 'file://SUITE/test-engine/lib/results.mjs'
import fs from 'fs'
const names = new Map(Object.entries(resultTypes).map(([name, value]) => [value, name]))
const results = JSON.parse(fs.readFileSync(0))
const rows = tests.flatMap(suite => suite.tests).filter(test => test.id in results).map(test => ({
  id: test.id, kind: test.kind || 'required', outcome: names.get(determineTestResult(tests, test.id, results)), told: results[test.id][1] || '' }))
console.log(JSON.stringify(rows))
"""


def classified(node: str, suite: pathlib.Path, results: str) -> list[dict[str, str]]:
    """Of each test that ran: id, kind, outcome as the suite judges it, and what it says."""
    script = _KINDS.replace("SUITE", str(suite))
    done = subprocess.run([node, "--input-type=module", "-e", script], input=results, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Trouble(f"the suite could not judge its results: {done.stderr.strip()}")
    return json.loads(done.stdout)


def score(rows: list[dict[str, str]]) -> str:
    counts = collections.Counter((row["kind"], row["outcome"]) for row in rows)
    told = []
    for kind, good in (("required", "pass"), ("optimal", "pass"), ("check", "yes")):
        total = sum(count for (one, _), count in counts.items() if one == kind)
        others = {outcome: count for (one, outcome), count in counts.items() if one == kind and outcome != good}
        told.append(f"{kind} {counts[kind, good]} of {total}" + "".join(f", {count} {outcome}" for outcome, count in sorted(others.items())))
    return "; ".join(told)


def run_mode(node: str, suite: pathlib.Path, proxy: str, mode: str, only: str, folder: pathlib.Path) -> None:
    # Its own port is what the suite's client names in Host; a forward proxy is asked for the origin's.
    environment = {**os.environ, "npm_config_protocol": "http", "npm_config_port": str(ORIGIN), "npm_config_pidfile": str(folder / "pid"), "npm_config_id": only, "npm_package_config_id": ""}
    command = [proxy, "--port", str(PROXY), "--cache", str(folder / f"cache-{mode}")]
    client = [node, "--no-warnings"]
    if mode == "reverse":
        command += ["--origin", f"127.0.0.1:{ORIGIN}"]
    else:
        (folder / "agent.mjs").write_text(
            f"import {{ ProxyAgent, setGlobalDispatcher, fetch }} from 'file://{suite}/node_modules/undici/index.js'\n"
            f"setGlobalDispatcher(new ProxyAgent({{ uri: 'http://127.0.0.1:{PROXY}', proxyTunnel: false }}))\nglobalThis.fetch = fetch\n"
        )
        client += ["--import", str(folder / "agent.mjs")]
    environment["npm_config_base"] = f"http://127.0.0.1:{PROXY if mode == 'reverse' else ORIGIN}"
    with (
        running([node, "test-engine/server/server.mjs"], ORIGIN, folder / "origin.log", core=None, cwd=suite, environment=environment),
        running(command, PROXY, folder / f"proxy-{mode}.log", core=None),
    ):
        done = subprocess.run(
            [*client, "test-engine/cli.mjs"], cwd=suite, env=environment, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    if done.returncode:
        raise Trouble(f"the suite's client ended with status {done.returncode}: {done.stderr.strip()[-500:]}")
    if only:
        print(done.stdout)
        return
    rows = classified(node, suite, done.stdout[done.stdout.index("{") :])
    print(f"{mode}: {score(rows)}")
    for outcome in sorted({row["outcome"] for row in rows} - {"pass", "yes", "no"}):
        for row in rows:
            if row["outcome"] == outcome and (row["kind"] == "required" or outcome == "optional_fail"):
                print(f"  {outcome:15} {row['id']}: {row['told']}")
    print(flush=True)


def measure(options: argparse.Namespace) -> int:
    """In the namespaces."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    suite, folder = pathlib.Path(options.suite).resolve(), pathlib.Path(options.folder)
    try:
        for mode in options.mode or ["reverse", "forward"]:
            run_mode(options.node, suite, os.path.abspath(options.proxy), mode, options.only, folder)
        if not options.only:
            for file in sorted((suite / "results").glob("*.json")):
                print(f"published, {file.stem}: {score(classified(options.node, suite, file.read_text()))}")
    except (Trouble, subprocess.TimeoutExpired, OSError) as trouble:
        print(f"bench/conformance/cache_tests: {trouble}", file=sys.stderr)
        return 1
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", help="folder of the suite")
    parser.add_argument("--proxy", default=str(ROOT / "build/release/bin/http-proxy"), help="ours (default: %(default)s)")
    parser.add_argument("--mode", action="append", choices=["reverse", "forward"], help="default: both")
    parser.add_argument("--node", default="node", help="Node.js, 20 or newer (default: %(default)s)")
    parser.add_argument("--only", default="", metavar="ID", help="one test, with all it exchanged")
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder:
        return measure(options)
    if not shutil.which(options.node):
        sys.exit(f"bench/conformance/cache_tests: {options.node} is missing (Debian: apt-get install nodejs)")
    if not (pathlib.Path(options.suite) / "node_modules/undici").is_dir():
        sys.exit(f"bench/conformance/cache_tests: {options.suite} is not the suite with its dependencies: see --help")
    return again_apart(__file__, "cache-tests-")


if __name__ == "__main__":
    sys.exit(main())
