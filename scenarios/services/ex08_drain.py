"""SIGHUP: the file is read again without one failed request; who is no longer in it ends what it has, and gets nothing new.

Draining is what makes a node removable: connections that are idle are closed, answers that have begun come to their end. A file that is wrong
changes nothing, but for a line on standard error.
"""

from harness import equals, matches, scenario
from scenarios.services.kit.http_balancer import CHECKS, Crowd, config, failures, first_request, http_balancer, nodes, written
from topologies.single import Single

LONG = {"/long": {"hold": True, "first": 100, "size": 100_000}}


@scenario(
    "services.ex08-drain", question="A load balancer whose file is changed", topology=Single(5), roles=["http-balancer"],
    needs={"http-balancer": ["extended"]}, captures=["h1-eth0"], seconds=6, load=0.6,
)  # fmt: skip
def drain(lab):
    h3, h4, h5 = nodes(lab, "h3", "h4", "h5", table=LONG)
    balancer = http_balancer(lab, extended=config(lab, "h3", "h4", keys=CHECKS))
    first_request(lab, balancer)
    with lab.step("Six clients ask without end; two answers of each node have begun", id="load"):
        crowds = [Crowd(lab, ["/load"], 3, keep=keep, pause=0.08).begun() for keep in (True, False)]
        long = Crowd(lab, ["/long"], 4, 1, seconds=30)
        lab.until(lambda: h3.state["held"] + h4.state["held"] == 4, "both nodes to have begun four answers")
    with lab.step("h3 is replaced by h5", id="reload", should=True):
        config(lab, "h4", "h5", keys=CHECKS)
        balancer.signal("SIGHUP")
        lab.until(lambda: len(h5.asked("/load")) > 20, "h5 to be asked", details=balancer.state)
        before = len(h3.asked("/load"))
        lab.until(lambda: len(h5.asked("/load")) > 60, "h5 to be asked more often")
        lab.expect(len(h3.asked("/load")) - before, equals(0), "requests that h3 still gets", id="removed", hint=balancer.state)
    with lab.step("Answers that had begun come to their end", id="whole", should=True):
        for node in (h3, h4):
            node.release()
        lab.expect([one.failed or one.body.split()[0] for one in long.end()], equals(["100000"] * 4), "their lengths", id="bodies", hint=balancer.state)
        lab.expect_soon(lambda: h3.state["open"], equals(0), "connections that h3 has then", id="closed", hint=balancer.state)
    with lab.step("A file that is wrong", id="wrong", should=True):
        written(lab, "[nodo1]\nhost = 10.0.0.3\nport = 0\n")
        balancer.signal("SIGHUP")
        balancer.wait_for_text(r"\b3\b", stream="stderr")
        before = len(h5.asked("/load"))
        lab.until(lambda: len(h5.asked("/load")) > before + 20 or not balancer.running, "h5 to be asked as before")
        lab.expect(balancer.errors, matches(r"config\.ini"), "what is said on standard error, with the number of the line", id="told")
    with lab.step("Not one of the requests failed", id="failed", should=True):
        for crowd, how in zip(crowds, ("kept connections", "new connections")):
            lab.expect(failures(crowd.stop()), equals([]), f"requests on {how} that failed", id=how.partition(" ")[0], hint=balancer.state)
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(balancer)
