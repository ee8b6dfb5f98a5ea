"""``python3 -m harness.cli``: what the ``lab`` script becomes."""

from harness.cli import streams
from harness.world import environment

if __name__ == "__main__":
    if not environment.is_ours():
        environment.begin_anew("harness.cli")
    streams.mend()  # before other modules are loaded, which open files

    from harness.cli.commands import main

    main()
