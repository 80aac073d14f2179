"""`python -m duplex` is the command `duplex`."""

import atexit
import gc
import sys

gc.set_threshold(50_000)  # imports make many objects and no garbage: looking for it takes 0.1 s,
atexit.register(gc.freeze)  # and so does looking for it once more at the end
try:
    from duplex.cli import main
except KeyboardInterrupt:  # Ctrl-C while the command is still being loaded
    sys.exit(130)

main()
