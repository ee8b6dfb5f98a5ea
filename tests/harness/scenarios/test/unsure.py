"""What was seen is a figure, unless the machine was at fault."""

from harness import Parameter, above, scenario
from harness.evidence.capture.recorder import CaptureError
from topologies.single import Single


@scenario(
    "test.unsure", question="What if a capture fails?", topology=Single(), seconds=1,
    parameters={"seen": Parameter(1, minimum=1, maximum=2)},
)  # fmt: skip
def unsure(lab):
    lab.measure("sight", lab.parameters.seen)
    lab.expect(lab.parameters.seen, above(0), "something is seen")
    if lab.parameters.seen == 2:
        raise CaptureError("the capture of h1-eth0 has ended by itself")
