"""`python -m seedbed` is the command line."""

from seedbed.cli import main

main()
