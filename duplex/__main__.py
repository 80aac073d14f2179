"""`python -m duplex` is the command `duplex`."""

from duplex.cli import main

main()
