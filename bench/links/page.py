"""The section of docs/fidelity.md that the bench writes."""

from __future__ import annotations

import statistics

from bench.links import mahimahi, theory
from bench.links.measure import BULK_GOAL, DELAY_P50_GOAL, DELAY_P99_GOAL, RATE_GOAL, SHARE_GOAL
from bench.links.plots import NAMES
from bench.links.points import JUMBO, Point
from bench.links.tables import MARK, Results, Row, cell, figure, medians, number, signed, table
from harness.report import marks

BEGIN, END = "<!-- bench/links writes from here -->", "<!-- bench/links: to here -->"


def rewrite(page: str, text: str) -> str:
    """The page with what stands between the marks replaced; raises ValueError where it has none."""
    return marks.rewrite(page, BEGIN, END, text)


def markdown(results: Results, seconds: float, images: str = "images/") -> str:
    parts = [_head(results, seconds), _goals(results)]
    for title, part, image in (
        ("Rate", _rates(results), "rate"), ("Delay", _delays(results), "delay"), ("Loss", _losses(results), "loss"),
        ("Queue", _queues(results), "queue"), ("All together", _together(results), ""), ("How much", _bulk(results), ""),
    ):  # fmt: skip
        if part:
            picture = f"![{NAMES[image]}]({images}fidelity-{image}.svg)\n\n" if image else ""
            parts.append(f"### {title}\n\n{picture}{part}")
    parts.append(_disturbed(results))
    return "\n".join(part for part in parts if part)


def _words(facts: dict[str, str]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in facts.items())


def _head(results: Results, seconds: float) -> str:
    disturbed = sum(bool(row["disturbed"]) for row in results.rows)
    quick = " (`--quick`: a small part of it)" if any(row["point"]["quick"] for row in results.rows) else ""
    rows = f"{len(results.rows)} rows in {seconds / 60:.0f} min{quick}, {disturbed} of them on a disturbed machine ({MARK})."
    lines = [f"{_words(results.facts)}. {rows}"]
    if results.beside:
        lines.append(f"netem was measured on another machine, by the same command: {_words(results.beside.facts)}.")
    return " ".join(lines) + "\n"


def _goals(results: Results) -> str:
    """Every goal beside the worst figure of wire."""
    lines: list[list[str]] = []

    def add(goal: str, found: list[tuple[Row, Row]], told: str) -> None:
        if found:
            row, one = max(found, key=lambda pair: abs(pair[1]["error"]))
            met = sum(bool(figure_["good"]) for _, figure_ in found)
            mark = MARK if row["disturbed"] else ""
            lines.append([goal, f"{told.format(signed(one['error'], 3))}{mark} (`{row['id']}`)", f"{met} of {len(found)}"])

    for kind in ("UDP", "TCP"):
        add(f"{kind} goodput within {RATE_GOAL:g} % of theory", results.figures(kind.lower(), "wire", f"{kind} goodput"), "at worst {} %")
    add(f"delay p50 within {DELAY_P50_GOAL:g} ms", results.figures("delay", "wire", "delay p50"), "at worst {} ms")
    add(f"delay p99 within {DELAY_P99_GOAL:g} ms", results.figures("delay", "wire", "delay p99"), "at worst {} ms")
    least = results.figures("delay", "wire", "delay least")
    if least:
        row, one = min(least, key=lambda pair: pair[1]["error"])
        good = sum(bool(each["good"]) for _, each in least)
        lines.append(["never early", f"earliest {signed(one['error'], 3)} ms (`{row['id']}`)", f"{good} of {len(least)}"])
    exact = results.figures("loss", "wire", "losses not as the seed decides")
    if exact:
        wrong = sum(one["measured"] for _, one in exact)
        lines.append(["loss exact by seed, twice", f"{wrong:.0f} packets otherwise", f"{sum(one['good'] for _, one in exact)} of {len(exact)}"])
    add("queue holds what it is told to", results.figures("queue", "wire", "most waiting"), "at worst {} packets")
    for mtu in (1500, JUMBO):
        if found := medians(results, "wire", delay=10, mtu=mtu):
            goal = f"TCP ≥ {BULK_GOAL:g} Gbit/s at 10 ms, packets of {mtu:,} bytes"
            lines.append([goal, f"{number(found[0])} Gbit/s{MARK if found[2] else ''}", _met(found[0] >= BULK_GOAL)])
    shares = [(row, row["figures"][0]["measured"]) for row in results.find("share", "wire")]
    if shares:
        row, worst = max(shares, key=lambda pair: pair[1])
        told = f"{number(worst)} %{MARK if row['disturbed'] else ''} (`{row['id']}`)"
        lines.append([f"≤ {SHARE_GOAL:g} % of a core at 500 packets/s", told, _met(worst <= SHARE_GOAL)])
    return table(["goal for `wire`", "measured", "met"], lines, left=2) if lines else ""


def _met(good: bool) -> str:
    return "yes" if good else "no"


def _netem(results: Results) -> bool:
    rows = results.rows + (results.beside.rows if results.beside else [])
    return any(row["point"]["means"] == "netem" for row in rows)


def _shapers(netem: bool) -> tuple[str, ...]:
    """The columns of what has a rate."""
    return ("HTB", "wire", "netem") if netem else ("HTB", "wire")


def _rates(results: Results) -> str:
    lines = []
    netem = _netem(results)
    for bw in results.values("udp", "bw"):
        line = [f"{bw:g}"]
        for kind, ideal in (("udp", theory.udp_goodput(bw)), ("tcp", theory.tcp_goodput(bw))):
            name = f"{kind.upper()} goodput"
            line += [number(ideal, 4), *(cell(results.find(kind, means, bw=bw), name, 3) for means in _shapers(netem))]
        lines.append([*line, *(signed(100 * mahimahi.rate_error(bw, length), 3) for length in (1000, 60_000))])
    shown = ["HTB", "`wire`", *(["netem and HTB"] if netem else [])]
    head = ["Mbit/s", "UDP theory", *shown, "TCP theory", *shown, "mahimahi, 1 s", "1 min"]
    text = "Goodput in theory (Mbit/s), and by how many percent each is off. mahimahi on paper: its trace of that length, nearest to the rate.\n\n"
    return text + table(head, lines) if lines else ""


def _delays(results: Results) -> str:
    lines, netem = [], _netem(results)
    figures = ("delay least", "delay p50", "delay p99")
    plain = results.find("delay", "plain")
    if plain:
        lines.append(["none: a veth pair", *(cell(plain, name, 3) for name in figures), *["–"] * (3 * netem + 3)])
    for delay in results.values("delay", "delay"):
        row = results.find("delay", "wire", delay=delay)
        if not row:
            continue
        line = [f"{delay:g}", *(cell(row, name, 3) for name in figures)]
        line += [cell(results.find("delay", "netem", delay=delay), name, 3) for name in figures] if netem else []
        paper = sorted(mahimahi.delay_errors(delay, 500))
        line += [signed(1e3 * theory.percentile(paper, share), 3) for share in (0, 0.5, 0.99)]
        lines.append(line)
    head = ["delay, ms", "`wire` least", "p50", "p99", *(["netem least", "p50", "p99"] if netem else []), "mahimahi least", "p50", "p99"]
    text = "By how many ms 500 packets a second are under way longer (−: shorter) than declared, kernel's stamp to kernel's stamp.\n\n"
    return text + table(head, lines) if lines else ""


def _losses(results: Results) -> str:
    lines, netem = [], _netem(results)
    for loss in results.values("loss", "loss"):
        row = next(iter(results.find("loss", "wire", loss=loss)), None)
        if row is None:
            continue
        more, mark = row["more"], MARK if row["disturbed"] else ""
        line = [f"{loss:g}", f"{number(figure(row, 'loss')['measured'])}{mark}", " and ".join(map(str, more["lost"]))]
        line += [str(more["predicted"]), _met(more["wrong"] == 0)]
        if netem:
            other = next(iter(results.find("loss", "netem", loss=loss)), None)
            line += [number(figure(other, "loss")["measured"]), f"{100 * other['more']['chance']:.0f} %"] if other else ["–", "–"]
        lines.append(line)
    head = ["loss, %", "`wire` lost, %", "packets, run 1 and 2", "by the seed", "those very packets, twice"]
    head += ["netem lost, %", "as far off by chance"] if netem else []
    text = "What is lost by a seed is computed a second time and compared packet by packet.\n\n"
    if lines and netem:
        text = text[:-2] + " netem takes no seed: told is how often chance alone is as far off.\n\n"
    return text + table(head, lines) if lines else ""


def _queues(results: Results) -> str:
    lines, netem = [], _netem(results)
    points = {(row["point"]["bw"], row["point"]["queue"]): row for row in results.rows if row["point"]["kind"] == "queue"}
    for (bw, queue), row in points.items():
        unit = " packets" if isinstance(queue, int) else ""
        line = [f"{bw:g}", f"{queue}{unit}", f"{row['figures'][0]['expected']:.0f}"]
        line += [cell(results.find("queue", means, bw=bw, queue=queue), "most waiting", 0) for means in _shapers(netem)]
        lines.append(line)
    head = ["Mbit/s", "queue", "full frames that may wait", "HTB", "`wire`", *(["netem and HTB"] if netem else [])]
    text = "How many packets of a burst of more waited at once, beyond (−: short of) what was declared.\n\n"
    return text + table(head, lines, left=2) if lines else ""


def _together(results: Results) -> str:
    lines, netem = [], _netem(results)
    for row in results.find("all", "wire"):
        point = Point(**row["point"])
        mark = MARK if row["disturbed"] else ""
        line = [f"{point.delay}", f"{point.loss:g}", cell([row], "UDP goodput", 3), cell([row], "delay p50", 3)]
        line.append(_met(row["more"]["wrong"] == 0) + mark)
        if netem:
            other = results.find("all", "netem", bw=point.bw, delay=point.delay, loss=point.loss)
            line += [cell(other, "UDP goodput", 3), cell(other, "delay p50", 3)]
        reno = next((one for one in row["figures"] if one["name"].startswith("TCP")), None)
        line += [f"{number(reno['measured'])} ({number(reno['expected'])})"] if reno else ["–"]
        lines.append(line)
    head = ["delay, ms", "loss, %", "UDP, %", "delay p50, ms", "losses as the seed decides", *(["netem UDP, %", "delay p50, ms"] if netem else [])]
    head.append("TCP Reno (model), Mbit/s")
    text = (
        "10 Mbit/s, offered nine tenths of it. Goodput against theory, with the losses that the seed decides (netem: with the share declared). "
        "Beside it the first seconds of one TCP connection, and what the model of Padhye et al. (1998) says of one that lasts: no goal, an order "
        "of magnitude.\n\n"
    )
    return text + table(head, lines) if lines else ""


def _bulk(results: Results) -> str:
    plain = medians(results, "plain")
    lines = []
    wires = [
        (f"{name}, {delay}{size}", means, {"delay": milliseconds, "mtu": mtu})
        for mtu, size in ((1500, ""), (JUMBO, f", packets of {JUMBO:,} bytes"))
        for milliseconds, delay in ((0, "no delay"), (10, "10 ms each way"))
        for name, means in (("`wire` before", "before"), ("`wire`", "wire"))
    ]
    singly = ("the same, segments one by one", "single", {})
    for label, means, wanted in (("plain veth pair", "plain", {}), singly, ("HTB 1,000 Mbit/s (its most)", "HTB", {}), *wires):
        found = medians(results, means, **wanted)
        if found and plain:
            median, values, disturbed = found
            cores = [row["more"]["wire_cores"] for row in results.find("bulk", means, **wanted)]
            line = [label, number(median) + (MARK if disturbed else ""), f"{number(min(values))} to {number(max(values))}"]
            lines.append([*line, number(median / plain[0], 2), number(statistics.median(cores), 2) if means in ("wire", "before") else "–"])
    text = (
        "Four TCP connections between two hosts, counted by the receiver; rounds take turns. On shaped links segments leave one by one, on "
        "the plain pair in bundles, which costs less.\n\n"
    )
    text += table(["link", "Gbit/s, median", "all rounds", "share of plain", "cores of `wire`"], lines) if lines else ""
    shares: list[list[str]] = []
    for row in results.rows:
        if row["point"]["kind"] == "share":
            words = row["id"].partition(" ")[2]
            own = number(row["figures"][0]["measured"], 2) + (MARK if row["disturbed"] else "") if "wire" in words else "–"
            shares.append([f"`{words}`", own, number(100 * row["disturbance"]["busy"], 2)])
    if shares:
        text += "\n500 packets a second:\n\n" + table(["link", "`wire`, % of a core", "whole machine, % of a core"], shares)
    return text if lines or shares else ""


def _disturbed(results: Results) -> str:
    rows = [row for row in results.rows if row["disturbed"]]
    if not rows:
        return ""
    lines = [[f"`{row['id']}`", "; ".join(row["disturbed"]).replace("|", "\\|"), str(row["of"])] for row in rows]
    head = f"### {MARK} Measured on a disturbed machine\n\nThe least disturbed of several attempts; not to be relied on.\n\n"
    return head + table(["row", "why", "attempts"], lines, left=2)
