"""Makes the README's pictures and screens with the real program: python .github/media/make.py"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pyte
from PIL import Image
from rich.console import Console
from rich.style import Style
from rich.text import Text

HERE = Path(__file__).parent
UNI = (sys.executable, "-m", "uni_cli")
WIDTH = 1280
COLUMNS, ROWS = 88, 24


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        quiet = {"UNI_STATE_DIR": folder, "UNI_CONFIG": f"{folder}/none.toml", "HOME": folder, "TERM": "xterm-256color"}
        environment = {"PATH": os.environ["PATH"], **quiet}
        picture(folder, environment)
        with emulator(environment) as services:
            run = ("generate", "a red van in the rain", "-p", "luma", "-n", "6", "-o", "van-{n}.png")
            screen("progress", run, services, folder, in_the_middle)
            screen("status", ("status",), services, folder, None)


def in_the_middle(rows: list[str]) -> bool:
    """Some are saved and the next ones run."""
    return any(re.search(r"[1-4] of 6 saved", row) for row in rows) and sum("━" in row for row in rows) >= 3


def picture(folder: str, environment: dict[str, str]) -> None:
    made = Path(folder, "picture.png")
    words = ("generate", "a paper lighthouse at dawn", "--seed", "879769131", "-p", "local", "-o", str(made))
    subprocess.run((*UNI, *words), check=True, env=environment)
    drawn = Image.open(made)
    height = round(drawn.height * WIDTH / drawn.width)
    drawn.resize((WIDTH, height), Image.Resampling.LANCZOS).save(HERE / "lighthouse.jpg", quality=88)


@contextmanager
def emulator(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """The four services on this machine; two jobs at once, so that the screen shows a run in the middle."""
    serve = (*UNI, "serve", "--latency", "2.5", "--fast", "--print-env")
    with subprocess.Popen(serve, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        lines: list[str] = []
        for line in process.stdout or ():
            lines.append(line.strip())
            if line.startswith("SEGMIND_API_KEY"):
                break
        try:
            pairs = dict(line.split("=", 1) for line in lines)
            yield {**environment, **pairs, "UNI_LUMA__CONCURRENCY": "3"}
        finally:
            process.terminate()


def screen(
    name: str,
    words: tuple[str, ...],
    environment: dict[str, str],
    folder: str,
    ready: Callable[[list[str]], bool] | None,
) -> None:
    """Run in a real pseudo-terminal and draw what stands on it as an SVG."""
    display = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(display)
    arguments = [*UNI[1:], *words]
    child: Any = pexpect.spawn(UNI[0], arguments, env=environment, dimensions=(ROWS, COLUMNS), timeout=60, cwd=folder)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            stream.feed(child.read_nonblocking(4096, 0.05))
        except pexpect.TIMEOUT:
            pass
        except pexpect.EOF:
            break
        if ready and ready([row.rstrip() for row in display.display]):
            break
    shown = ["uni", *(f'"{word}"' if " " in word else word for word in words)]
    prompt = "$ " + " ".join(shown)
    draw(name, prompt, display, folder)
    child.expect(pexpect.EOF)


def draw(name: str, prompt: str, display: pyte.Screen, folder: str) -> None:
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"), force_terminal=True)  # noqa: SIM115, PTH123
    console.print(Text(prompt, style="bold"), soft_wrap=True)
    for number, row in enumerate(display.display):
        if row.strip():
            line = Text()
            for column in range(COLUMNS):
                cell = display.buffer[number][column]
                colour = None if cell.fg == "default" else {"brown": "yellow"}.get(cell.fg, cell.fg)
                line.append(cell.data, Style(color=colour if colour and colour.isalpha() else None, bold=cell.bold))
            line.rstrip()
            console.print(Text.assemble(line), soft_wrap=True)
    svg = console.export_svg(title="uni").replace(f"{folder}/", "")
    # No page that shows the README should have to fetch a font.
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
