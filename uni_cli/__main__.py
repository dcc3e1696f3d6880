"""python -m uni_cli, and the `uni` script."""

import sys

from uni_cli.cli import main


def run() -> None:
    sys.exit(main())


if __name__ == "__main__":
    run()
