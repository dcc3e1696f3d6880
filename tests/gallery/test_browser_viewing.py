"""One picture and two, in a real browser: the viewer, the comparison, what is copied, what the policy keeps out."""

import json
import re
import shutil
import socket
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.gallery.conftest import Heard, write_page
from tests.gallery.pieces import picture


def test_enter_opens_and_escape_closes_on_the_same_picture(page: Page) -> None:
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#what")).to_have_text("a blue van")
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    expect(page.locator(".card:nth-child(2) .open")).to_be_focused()


def test_the_picture_itself_is_shown_and_the_arrows_leaf_through(page: Page) -> None:
    page.locator(".open").first.click()
    expect(page.locator("#full")).to_have_js_property("complete", True)
    expect(page.locator("#full")).to_have_attribute("src", re.compile("/one.png$"))
    assert page.locator("#place").text_content() == "1 of 6"
    assert page.locator("#prev").is_disabled()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#full")).to_have_attribute("src", re.compile("/two.png$"))
    page.click("#next")
    expect(page.locator("#what")).to_have_text("Café in the rain")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#place")).to_have_text("2 of 6")


def test_a_click_shows_actual_pixels_and_another_fits_again(page: Page) -> None:
    page.locator(".open").first.click()
    page.click("#zoom")
    assert page.locator("#full").evaluate("image => [image.width, image.height]") == [96, 64]
    page.click("#zoom")
    assert page.locator("#full").evaluate("image => image.width") > 96


def test_a_lost_picture_is_told_of_and_its_thumbnail_stands_in(chromium: Browser, folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "gallery.html", tmp_path / "sent-alone.html")
    page = chromium.new_page()
    page.goto((tmp_path / "sent-alone.html").as_uri())
    page.locator(".open").first.click()
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#open")).to_be_hidden()
    assert page.locator("#full").evaluate("image => image.src.slice(0, 16)") == "data:image/webp;"
    assert page.locator("#full").evaluate("image => image.naturalWidth") == 96
    page.close()


def test_the_facts_and_the_sidecar_are_there(page: Page) -> None:
    page.fill("#find", "tram")
    page.locator(".open").first.click()
    facts = dict(
        zip(page.locator("#facts dt").all_text_contents(), page.locator("#facts dd").all_text_contents(), strict=True)
    )
    expected = {"Provider": "luma", "Seed": "9", "Recipe": "postcards", "Item": "lisbon", "city": "Lisbon"}
    assert expected.items() <= facts.items()
    assert (facts["Size"], facts["Cost"], facts["File"]) == ("96 × 64", "about $0.0404", "four.png")
    expect(page.locator("#sidecartext")).to_be_hidden()
    page.keyboard.press("s")
    expect(page.locator("#sidecartext")).to_be_visible()
    assert json.loads(page.locator("#sidecartext").text_content() or "")["schema"] == "uni.sidecar/1"


def test_the_command_is_copied_as_it_is_typed(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.fill("#find", "tower")
    page.locator(".open").first.click()
    page.click("#copy")
    expect(page.locator("#said")).to_have_text("Command copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "uni generate --from 'sub/it'\"'\"'s five.png'"
    assert page.locator("#command").text_content() == copied
    page.click("#copyprompt")
    expect(page.locator("#said")).to_have_text("Prompt copied")
    assert page.evaluate("navigator.clipboard.readText()") == "a tower"


def test_y_copies_from_the_wall_and_without_a_clipboard_too(page: Page) -> None:
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.evaluate("document.addEventListener('copy', () => { window.copied = String(document.activeElement.value); })")
    page.keyboard.press("Home")
    page.keyboard.press("y")
    expect(page.locator("#said")).to_have_text("Command copied")
    assert page.evaluate("window.copied") == "uni generate --from one.png"


def test_c_and_c_again_compare_two_with_a_slider(page: Page) -> None:
    page.keyboard.press("Home")
    page.keyboard.press("c")
    expect(page.locator("#tray")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("c")
    expect(page.locator("#comparer")).to_be_visible()
    expect(page.locator("#tray")).to_be_hidden()
    expect(page.locator("#leftname")).to_have_text("luma · seed 7")
    rows = [row.split("\t") for row in page.locator("#differs tr").all_inner_texts()]
    assert rows[:3] == [["Prompt", "a red van", "a blue van"], ["Provider", "luma", "runware"], ["Seed", "7", "8"]]
    assert _cut(page) == "50%"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert _cut(page) == "51%"
    page.keyboard.press("End")
    assert _cut(page) == "100%"
    box = page.locator("#pair").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + 50)
    expect(page.locator("#pair")).to_have_attribute("style", "--at: 25%;")
    page.click("#swap")
    expect(page.locator("#leftname")).to_have_text("runware · seed 8")
    page.keyboard.press("Escape")
    expect(page.locator("#comparer")).to_be_hidden()


def _cut(page: Page) -> str:
    return str(page.locator("#pair").evaluate("pair => pair.style.getPropertyValue('--at')"))


def test_what_is_compared_is_what_the_slider_shows(page: Page, tmp_path: Path) -> None:
    from PIL import Image

    page.locator(".choose").nth(0).click(force=True)
    page.locator(".choose").nth(1).click(force=True)
    for side in ("#left", "#right"):
        expect(page.locator(side)).to_have_attribute("src", re.compile(".png$"))
    page.locator("#pair").screenshot(path=tmp_path / "pair.png")
    with Image.open(tmp_path / "pair.png") as shot:
        left, right = (shot.convert("RGB").getpixel((shot.width // 2 + by, shot.height // 3)) for by in (-40, 40))
    assert (left, right) == ((178, 34, 34), (0, 0, 128))


def test_escape_or_c_again_lets_go_of_the_first(page: Page) -> None:
    page.keyboard.press("Home")
    for letting_go in ("Escape", "c"):
        page.keyboard.press("c")
        expect(page.locator("#tray")).to_be_visible()
        page.keyboard.press(letting_go)
        expect(page.locator("#tray")).to_be_hidden()


def test_the_policy_lets_nothing_out(chromium: Browser, folder: Path) -> None:
    page = Heard().listen(chromium.new_page())
    page.goto((folder / "gallery.html").as_uri())
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.2)
        url = f"http://127.0.0.1:{trap.getsockname()[1]}/"
        blocked = page.evaluate(
            """async (url) => {
              const blocked = [];
              document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
              new Image().src = url;
              await fetch(url).catch(() => 0);
              const script = document.createElement("script");
              try { script.textContent = "window.ran = true"; } catch { blocked.push("sink"); }
              document.body.append(script);
              await new Promise((done) => setTimeout(done, 50));
              return blocked.concat(window.ran ? ["ran"] : []);
            }""",
            url,
        )
        assert {"img-src", "connect-src", "sink"} <= set(blocked)
        assert "ran" not in blocked
        try:
            trap.accept()[0].close()
            reached = True
        except TimeoutError:
            reached = False
    page.close()
    assert not reached


def test_a_filter_that_holds_stays_when_a_picture_is_opened(page: Page) -> None:
    page.fill("#find", "van")
    page.locator(".open").nth(1).click()
    assert page.locator("#place").text_content() == "2 of 2"
    assert page.locator("#next").is_disabled()


def test_a_picture_with_nothing_but_a_name_is_shown_too(chromium: Browser, tmp_path: Path, heard: Heard) -> None:
    nothing = {
        "prompt": None,
        "provider": None,
        "seed": None,
        "request": None,
        "job": None,
        "cost": None,
        "model": None,
    }
    picture(tmp_path / "bare.png", more=nothing)
    page = heard.listen(chromium.new_page())
    page.goto(write_page(tmp_path).as_uri())
    page.locator(".open").click()
    expect(page.locator("#what")).to_have_text("bare.png")
    expect(page.locator("#copyprompt")).to_be_hidden()
    page.close()
    assert heard.complaints == []
