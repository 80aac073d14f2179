"""`python -m duplex` is the command `duplex`."""

import sys

try:
    from duplex.cli import main
except KeyboardInterrupt:  # Ctrl-C while the command is still being loaded
    sys.exit(130)

main()
