"""`python -m nexus_testkit.cli`, where the console script is not on the path."""

from nexus_testkit.cli import main

main()
