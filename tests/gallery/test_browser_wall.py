"""The wall in a real browser: what hangs there, filters, moves, light and dark."""

from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.gallery.conftest import Heard, shown

EVIL = "</script><img src=x onerror=alert(1)>\u2028 \u202eevil"


def test_all_pictures_hang_there_newest_first_and_every_text_is_text(page: Page) -> None:
    assert shown(page) == ["a red van", "a blue van", "Café in the rain", "a tram in Lisbon", "a tower", EVIL]
    expect(page.locator("#count")).to_have_text("6 pictures")
    assert page.locator("main img:not(.mat img)").count() == 0
    assert page.title() == "out"


def test_the_thumbnails_are_decoded(page: Page) -> None:
    expect(page.locator(".mat img.here")).to_have_count(6)
    assert page.locator(".mat img").first.evaluate("image => image.naturalWidth") == 96


SEARCHES = {
    "van": ["a red van", "a blue van"],
    "van BLUE": ["a blue van"],
    "cafe": ["Café in the rain"],
    "lisbon": ["a tram in Lisbon"],
    "five.png": ["a tower"],
    "<img": [EVIL],
    "zebra": [],
}


def test_the_search_looks_for_every_word(page: Page) -> None:
    for text, prompts in SEARCHES.items():
        page.fill("#find", text)
        assert shown(page) == prompts
        assert page.locator("#count").text_content() == f"{len(prompts)} of 6 pictures"
        assert page.locator("#empty").is_visible() == (prompts == [])


def test_recipe_provider_and_seed_filter_and_add_up(page: Page) -> None:
    assert page.locator("#provider option").all_text_contents() == ["All providers", "local", "luma", "runware"]
    assert page.locator("#recipe option").all_text_contents() == ["All recipes", "postcards", "No recipe"]
    page.select_option("#provider", label="runware")
    assert shown(page) == ["a blue van", "Café in the rain"]
    page.fill("#seed", "7")
    assert shown(page) == ["Café in the rain"]
    page.select_option("#provider", label="All providers")
    assert shown(page) == ["a red van", "Café in the rain"]
    page.click("#clear")
    assert len(shown(page)) == 6
    page.select_option("#recipe", label="postcards")
    assert shown(page) == ["a tram in Lisbon"]
    page.select_option("#recipe", label="No recipe")
    assert len(shown(page)) == 5


def test_a_seed_beyond_a_scripts_numbers_is_found_exactly(page: Page) -> None:
    page.fill("#seed", "4611686018427387905")
    assert shown(page) == ["a tower"]
    page.fill("#seed", "4611686018427387904")
    assert shown(page) == []


def test_the_order_can_be_chosen(page: Page) -> None:
    page.select_option("#order", "old")
    assert shown(page)[0] == EVIL
    page.select_option("#order", "name")
    assert shown(page)[:2] == ["a tram in Lisbon", "a red van"]
    page.select_option("#order", "seed")
    assert shown(page)[2:5] == ["a blue van", "a tram in Lisbon", "a tower"]


def test_arrows_move_over_the_wall(page: Page) -> None:
    page.set_viewport_size({"width": 760, "height": 800})
    focused = page.locator(".open:focus .label span:first-child")
    page.keyboard.press("ArrowDown")
    expect(focused).to_have_text("a red van")
    page.keyboard.press("ArrowRight")
    expect(focused).to_have_text("a blue van")
    page.keyboard.press("End")
    expect(focused).to_have_text(EVIL)
    page.keyboard.press("Home")
    top = page.locator(".open:focus").evaluate("card => card.parentElement.offsetTop")
    page.keyboard.press("ArrowDown")
    below = page.locator(".open:focus").evaluate("card => card.parentElement.offsetTop")
    assert below > top
    page.keyboard.press("ArrowUp")
    expect(focused).to_have_text("a red van")


def test_the_wall_is_one_stop_in_the_tab_order(page: Page) -> None:
    page.locator("#theme").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".card:first-child .open")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".card:first-child .choose")).to_be_focused()
    assert page.locator(".card [tabindex='0']").count() == 2


def test_slash_goes_to_the_search_and_escape_clears_it_and_lets_go(page: Page) -> None:
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("tc/?")
    expect(page.locator("#find")).to_have_value("tc/?")
    page.keyboard.press("Escape")
    assert len(shown(page)) == 6
    page.keyboard.press("Escape")
    expect(page.locator("#find")).not_to_be_focused()


def test_light_and_dark_follow_the_system_until_chosen(page: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(ground)
    assert (light, dark) == ("rgb(247, 246, 243)", "rgb(18, 18, 20)")
    page.click("#theme")
    assert page.evaluate(ground) == light
    page.reload()
    assert page.evaluate(ground) == light
    page.keyboard.press("t")
    assert page.evaluate(ground) == dark


def test_the_keys_are_told(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1200, 800), (390, 844)])
def test_axe_finds_nothing_on_the_wall_in_the_viewer_and_in_the_comparison(
    chromium: Browser, folder: Path, scheme: str, size: tuple[int, int]
) -> None:
    # The policy would keep axe itself out.
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce", bypass_csp=True,
    )  # fmt: skip
    page = Heard().listen(context.new_page())
    page.goto((folder / "gallery.html").as_uri())
    found = [_violations(page)]
    page.locator(".open").first.click()
    page.locator("#sidecar summary").click()
    found.append(_violations(page))
    page.keyboard.press("c")
    found.append(_violations(page))
    page.locator(".open").nth(1).focus()
    page.keyboard.press("c")
    expect(page.locator("#comparer")).to_be_visible()
    found.append(_violations(page))
    context.close()
    assert found == [[], [], [], []]


def _violations(page: Page) -> list[str]:
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    told = page.evaluate("axe.run().then((told) => told.violations)")
    return [f"{one['id']}: {node['html'][:120]}" for one in told for node in one["nodes"]]


def test_the_page_never_scrolls_sideways(page: Page) -> None:
    for width in (320, 390, 768, 1920):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") == width
