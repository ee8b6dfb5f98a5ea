"""What goes wrong with a network."""

from __future__ import annotations


class NetworkError(RuntimeError):
    """A network could not be made; the text says what was tried, what the system said, and what to do."""
