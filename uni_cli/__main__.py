"""python -m uni_cli, and the `uni` script."""

import sys


def run() -> None:
    if sys.argv[1:] == ["--version"] and sys.stdout is not None:
        # Asked by scripts at every start: the answer needs nothing but itself.
        from uni_cli import __version__

        try:
            sys.stdout.write(f"uni {__version__}\n")
            sys.stdout.flush()
        except OSError:
            pass  # the front door knows what to make of it
        else:
            return
    if sys.argv[1:2] == ["__complete"]:
        # Asked by a shell while Tab is held: nothing that makes pictures, or help, is loaded.
        from uni_cli import complete

        complete.main(sys.argv[2:])
        return
    try:
        from uni_cli.cli import main
    except KeyboardInterrupt:
        # Ctrl-C while Python still loads: nothing was begun.
        sys.exit(130)
    sys.exit(main())


if __name__ == "__main__":
    run()
