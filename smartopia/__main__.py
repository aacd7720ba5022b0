"""`python -m smartopia` is the `smartopia` command."""

from smartopia.cli.main import main

main()
