"""Running the program is not for the tests of the command line alone."""

from tests.cli.conftest import run, spec

__all__ = ["run", "spec"]
