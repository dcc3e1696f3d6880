"""A thousand pictures, and pictures that land while one looks."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.gallery.conftest import Heard, shown
from tests.gallery.pieces import picture
from uni_cli.gallery import page as html
from uni_cli.gallery.collect import Collector, collect
from uni_cli.gallery.entry import entries
from uni_cli.gallery.watch import Wall, Watch

COLOURS = ["firebrick", "navy", "teal", "gold", "indigo", "olive"]


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("thousand")
    picture(folder / "seed.png", size=(48, 32))
    ((one,), _) = entries(collect([folder]).exhibits, folder)
    told = [
        {**one, "id": f"{n:016x}", "seed": str(n), "prompt": f"picture {n}", "saved": f"{3000 - n:04d}",
         "width": 32 + 16 * (n % 3), "height": 32 + 16 * (n % 2)}
        for n in range(1000)
    ]  # fmt: skip
    (folder / "gallery.html").write_text(html.render(told, title="thousand"), "utf-8")
    return folder


def test_a_thousand_pictures_hold_only_those_near_the_screen(chromium: Browser, thousand: Path, heard: Heard) -> None:
    page = heard.listen(chromium.new_page(viewport={"width": 1200, "height": 800}))
    page.goto((thousand / "gallery.html").as_uri())
    expect(page.locator("#count")).to_have_text("1,000 pictures")
    height = page.evaluate("document.documentElement.scrollHeight")
    most = 0
    for part in (0.25, 0.5, 0.75, 1):
        page.evaluate("part => scrollTo(0, document.documentElement.scrollHeight * part)", part)
        _until(lambda: page.evaluate(IN_SIGHT_AND_EMPTY) == 0)
        most = max(most, page.locator(".mat img").count())
    # Nothing jumps: the page is as high as it was before anything below was drawn.
    assert page.evaluate("document.documentElement.scrollHeight") == height
    assert most < 120
    expect(page.locator(".card:first-child img")).to_have_count(0)
    page.close()
    assert heard.complaints == []


IN_SIGHT_AND_EMPTY = """[...document.querySelectorAll(".mat")].filter((mat) => {
  const box = mat.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight && !mat.querySelector("img.here");
}).length"""


def test_the_end_of_a_thousand_is_a_key_away_and_a_filter_finds_one(chromium: Browser, thousand: Path) -> None:
    page = chromium.new_page(viewport={"width": 1200, "height": 800})
    page.goto((thousand / "gallery.html").as_uri())
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(page.locator(".open:focus .label span:first-child")).to_have_text("picture 999")
    expect(page.locator(".open:focus")).to_be_in_viewport()
    page.fill("#seed", "517")
    assert shown(page) == ["picture 517"]
    page.fill("#seed", "")
    page.evaluate("scrollTo(0, 9000)")
    page.fill("#find", "picture 9")
    assert page.evaluate("scrollY") == 0
    page.close()


def test_a_live_page_grows_changes_and_shrinks_without_a_reload(
    chromium: Browser, tmp_path: Path, heard: Heard
) -> None:
    first = picture(tmp_path / "a.png", prompt="a red van", saved="2026-03-01T10:00:00Z")
    wall = Wall(Collector([tmp_path]), tmp_path, title="out")
    wall.look()
    watch = Watch(wall)
    watch.start()
    page = heard.listen(chromium.new_page())
    try:
        page.goto(watch.url)
        page.evaluate("window.same = true")
        page.locator(".open").focus()
        picture(tmp_path / "b.png", prompt="a blue van", saved="2026-03-02T10:00:00Z", provider="runware")
        wall.look()
        expect(page.locator("#count")).to_have_text("2 pictures")
        assert shown(page) == ["a blue van", "a red van"]
        expect(page.locator(".card:nth-child(2) .open")).to_be_focused()
        assert page.locator("#provider option").all_text_contents() == ["All providers", "luma", "runware"]
        page.locator(".open").first.click()
        expect(page.locator("#full")).to_have_attribute("src", re.compile("/pictures/"))
        _is_whole(page)
        page.keyboard.press("Escape")
        first.unlink()
        wall.look()
        expect(page.locator("#count")).to_have_text("1 picture")
        assert page.evaluate("window.same") is True
        assert [url for url in heard.requests if not url.startswith((watch.url, "data:"))] == []
    finally:
        page.close()
        watch.close()
    assert heard.complaints == []


def test_an_empty_live_page_waits_for_its_first_picture(chromium: Browser, tmp_path: Path) -> None:
    wall = Wall(Collector([tmp_path]), tmp_path, title="out")
    watch = Watch(wall)
    watch.start()
    page = chromium.new_page()
    try:
        page.goto(watch.url)
        expect(page.locator("#why")).to_have_text("New pictures appear here as they are saved.")
        picture(tmp_path / "a.png", prompt="a red van")
        wall.look()
        expect(page.locator(".card")).to_have_count(1)
        expect(page.locator("#empty")).to_be_hidden()
    finally:
        page.close()
        watch.close()


def _is_whole(page: Page) -> None:
    expect(page.locator("#lost")).to_be_hidden()
    assert page.locator("#full").evaluate("image => image.decode().then(() => image.naturalWidth)") == 96


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(100):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to hold")
