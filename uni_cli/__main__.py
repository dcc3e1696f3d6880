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
    import signal

    # Who is told to stop while Python still loads answers as soon as it can speak.
    # A signal that the caller has switched off, as shells do for a job in the background, stays off.
    told: list[int] = []
    stops = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: _stop}
    heeded = [number for number in stops if signal.getsignal(number) is not signal.SIG_IGN]
    for number in heeded:
        signal.signal(number, lambda number, _: told.append(number))
    from uni_cli.cli import interrupted, once

    for number in heeded:
        signal.signal(number, stops[number])
    code = interrupted(sys.argv[1:], told[0]) if told else once()
    if code in (130, 143):
        # Python's own last steps take some time, and a signal that comes then would take the exit code away.
        for number in heeded:
            signal.signal(number, signal.SIG_IGN)
    sys.exit(code)


def _stop(number: int, _: object) -> None:
    raise KeyboardInterrupt(number)


if __name__ == "__main__":
    run()
