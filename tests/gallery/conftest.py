"""A real Chromium, driven from here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.gallery.pieces import wall
from tests.needs import needs
from uni_cli.gallery import page as html
from uni_cli.gallery.collect import collect
from uni_cli.gallery.entry import entries

# It must not look for its maker's hosts, which a closed network answers with noise.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(slots=True)
class Heard:
    """What the page complained of and what it asked for."""

    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> Page:
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda asked: self.requests.append(asked.url))
        return page


# A module's, not the session's: while it is open, this thread has a running loop, and no other test could start one.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    where = needs("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=where, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six pictures and their page, which no test changes."""
    folder = wall(tmp_path_factory.mktemp("pictures"))
    write_page(folder)
    return folder


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def page(chromium: Browser, folder: Path, heard: Heard) -> Iterator[Page]:
    """The page of `folder`, open, with a clipboard; at the end nothing was complained of and nothing came from afar."""
    context = chromium.new_context(
        viewport={"width": 1200, "height": 800}, color_scheme="light", reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    page = heard.listen(context.new_page())
    page.goto((folder / "gallery.html").as_uri())
    yield page
    context.close()
    assert heard.complaints == []
    assert [url for url in heard.requests if not url.startswith(("file:", "data:"))] == []


def write_page(folder: Path) -> Path:
    told, _ = entries(collect([folder]).exhibits, folder)
    (folder / "gallery.html").write_text(html.render(told, title="out"), "utf-8")
    return folder / "gallery.html"


def shown(page: Page) -> list[str]:
    """The prompts on the wall, in order."""
    return page.locator("#grid .label span:first-child").all_text_contents()
