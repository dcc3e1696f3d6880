"""Many rows: memory does not grow with their number."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from itertools import islice
from pathlib import Path

import pytest

from tests.recipes.kitchen import put
from uni_cli.recipes.asking import Asker
from uni_cli.recipes.expand import expand
from uni_cli.recipes.load import Recipe, load

ROWS = 100_000
RECIPE = "prompt: '{{ name }}'\nprovider: luma\nrows: products.csv\n"


def products(count: int) -> Recipe:
    put("products.csv", "sku,name\n" + "".join(f"sku-{n},Mug number {n}\n" for n in range(count)))
    return load(put("a.yaml", RECIPE))[0]


def test_a_hundred_thousand_rows_expand_one_after_the_other() -> None:
    recipe = products(ROWS)
    count, last = 0, ""
    for chain in expand(recipe):
        count, last = count + 1, chain[0].id
    assert (count, last) == (ROWS, f"sku-{ROWS - 1}")


def test_asking_for_more_rows_takes_no_more_memory() -> None:
    chains, asker = expand(products(3000)), Asker(None)
    for chain in islice(chains, 500):
        asker.chain(chain)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for chain in chains:
        asker.chain(chain)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    # What grows are the ids that were given away.
    assert grown < 2500 * 300


# The rusage of a child begins with what its parent had; only Linux tells a process's own peak.
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of a process that runs")
def test_a_dry_run_of_many_rows_fits_into_little_memory() -> None:
    # All hundred thousand take a minute, so a fifth of them stands for them here; the bound is that of all.
    count = ROWS if "UNI_TEST_LARGE" in os.environ else ROWS // 5
    products(count)
    Path("measure.py").write_text(
        "import sys\nfrom pathlib import Path\nfrom uni_cli.cli import main\n"
        "code = main(['recipes', 'run', 'a', '--dry-run'])\n"
        "sys.stderr.write(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\nsys.exit(code)\n",
        "utf-8",
    )
    result = subprocess.run([sys.executable, "measure.py"], capture_output=True, text=True, timeout=600)
    assert result.returncode == 0
    assert result.stdout.splitlines()[-1] == f"{count} pictures, total ${count * 0.0404:.4f}"
    assert int(result.stderr.splitlines()[-1]) < 150_000  # KB
