"""A file that is wrong is refused at the start, with the line; a wrong word is not taken for none.

A key that nobody knows is mostly one that was misspelt: who passes over it runs for months with what nobody has meant. A node that stands there twice
gets twice its share, and port 0 is none.
"""

from harness import below, failed, is_false, matches, scenario
from scenarios.services.kit.http_balancer_files import WRONG, line_of
from scenarios.services.kit.http_balancer import config, first_request, http_balancer, nodes, written
from scenarios.services.kit.http_server import PORT
from topologies.single import Single

GOOD = "# nodes\n; of two kinds\n\n[nodo7]\nhost=10.0.0.3\n  port   =  8001  \n"


@scenario(
    "services.ex08-config", question="A load balancer and its file", topology=Single(3), roles=["http-balancer"],
    needs={"http-balancer": ["extended"]}, captures=["h1-eth0"], seconds=5, load=0.4,
)  # fmt: skip
def configured(lab):
    nodes(lab, "h3")
    balancer = http_balancer(lab, extended=config(lab, "h3", keys={"policy": "round-robin"}))
    first_request(lab, balancer)
    balancer.interrupt()
    balancer.wait()
    with lab.step("Files that are wrong", id="wrong", should=True):
        for what, (text, lines, word) in WRONG.items():
            refused = lab.h1.start("http-balancer", extended=written(lab, text), port=PORT)
            lab.soon(lambda: not refused.running or lab.h1.listening(PORT), 5)
            lab.expect(lab.h1.listening(PORT), is_false(), f"{what}: it serves all the same", id="serves", hint=refused.state)
            lab.expect(refused.wait(5), failed, f"{what}: its exit status", id="status")
            lab.expect(refused.errors, matches(line_of(lines)), f"{what}: what it says, with the line", id="line")
            lab.expect(refused.errors, matches(f"(?i){word}"), f"{what}: what it says", id="words")
            lab.expect(len(refused.errors.splitlines()), below(6), f"{what}: lines that it needs for it", id="short")
    with lab.step("A file with comments and blanks", id="blanks", should=True):
        balancer = http_balancer(lab, extended=written(lab, GOOD))
        lab.expect_interrupted(balancer)
    with lab.step("No file", id="none", should=True):
        file = written(lab, GOOD)
        file.unlink()
        absent = lab.h1.start("http-balancer", extended=file, port=PORT)
        lab.expect(absent.wait(5), failed, "its exit status", id="status")
        lab.expect(absent.errors, matches(r"config\.ini"), "what it says", id="words")
