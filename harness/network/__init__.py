from harness.network.links import LinkError, UnsupportedLink
from harness.network.network import Network, NetworkError
from harness.network.probe import LinkProbe, probe

__all__ = ["LinkError", "LinkProbe", "Network", "NetworkError", "UnsupportedLink", "probe"]
