from harness.network.links import LinkError, UnsupportedLink
from harness.network.network import Network, NetworkError

__all__ = ["LinkError", "Network", "NetworkError", "UnsupportedLink"]
