"""What can be wrong with a wish for a link."""


class LinkError(ValueError):
    """A link option makes no sense; the text names the link, the option and what is possible."""


class UnsupportedLink(LinkError):
    """The link is thinkable but this machine cannot make it, or not by the means asked for; the text says what to do."""
