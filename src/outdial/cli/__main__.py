"""``python -m outdial.cli``."""

from outdial.cli import main

main()
