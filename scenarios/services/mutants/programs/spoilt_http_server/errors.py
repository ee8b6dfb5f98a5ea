"""Why a request is not answered as it was asked."""


class Refused(Exception):
    """A request that is answered by an error, after which the connection ends."""


class Gone(Exception):
    """The client has left."""
