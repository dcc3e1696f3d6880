"""Makes the README's pictures with the real program: python .github/media/make.py"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
PICTURES = {"lighthouse": ("a paper lighthouse at dawn", "879769131")}
WIDTH = 1280


def main() -> None:
    for name, (prompt, seed) in PICTURES.items():
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder, "picture.png")
            uni = (sys.executable, "-m", "uni_cli", "generate", prompt)
            environment = {"UNI_STATE_DIR": folder, "UNI_CONFIG": f"{folder}/none.toml"}
            subprocess.run((*uni, "--seed", seed, "-p", "local", "-o", str(made)), check=True, env=environment)
            picture = Image.open(made)
            height = round(picture.height * WIDTH / picture.width)
            picture.resize((WIDTH, height), Image.Resampling.LANCZOS).save(HERE / f"{name}.jpg", quality=88)


if __name__ == "__main__":
    main()
