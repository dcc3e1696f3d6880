import base64
import hashlib
import json
import os
import re
from html import unescape
from pathlib import Path

import pytest

from tests.gallery.pieces import picture, wall
from uni_cli.gallery import page
from uni_cli.gallery.collect import collect
from uni_cli.gallery.entry import command_of, entries, link_of


def write(folder: Path, target: Path) -> str:
    told, problems = entries(collect([folder]).exhibits, target.parent)
    assert problems == []
    html = page.render(told, title="Out & about")
    target.write_text(html, "utf-8")
    return html


def policy_of(html: str) -> dict[str, str]:
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert found
    rules = (rule.split(" ", 1) for rule in unescape(found.group(1)).split("; "))
    return {rule[0]: rule[1] for rule in rules}


def test_the_policy_allows_this_script_this_style_and_pictures_here(tmp_path: Path) -> None:
    html = write(wall(tmp_path), tmp_path / "gallery.html")
    script = html[html.rindex("<script>") + 8 : html.rindex("</script>")]
    style = html[html.index("<style>") + 7 : html.index("</style>")]
    digest = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, style)]
    assert policy_of(html) == {
        "default-src": "'none'",
        "script-src": f"'sha256-{digest[0]}'",
        "style-src": f"'sha256-{digest[1]}'",
        "img-src": "data: 'self' file:",
        "connect-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


def test_the_page_names_no_other_host(tmp_path: Path) -> None:
    html = write(wall(tmp_path), tmp_path / "gallery.html")
    assert re.findall(r"https?://[^'\"\s]*", html) == ["http://www.w3.org/2000/svg"]  # a name, never fetched
    assert "@import" not in html
    assert re.findall(r"<(?:link|iframe|object|embed|base)\b[^>]{0,37}", html) == [
        '<link rel="icon" href="data:image/svg+xml,'
    ]


def test_text_from_sidecars_can_end_no_script(tmp_path: Path) -> None:
    html = write(wall(tmp_path), tmp_path / "gallery.html")
    assert html.count("</script>") == 2
    assert "<img src=x" not in html
    data = html[html.index('id="pictures">') + 14 : html.index("</script>")]
    assert data.isascii()
    assert not set("<>&") & set(data)
    prompts = [one["prompt"] for one in json.loads(data)]
    assert "</script><img src=x onerror=alert(1)>\u2028 \u202eevil" in prompts


def test_the_title_is_text_and_a_prompt_is_no_slot(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", prompt="{{script}} {{title}}")
    html = page.render(entries(collect([tmp_path]).exhibits, tmp_path)[0], title="<b>&{{style}}")
    assert "<title>&lt;b&gt;&amp;{{style}}</title>" in html
    assert '"prompt":"{{script}} {{title}}"' in html


def test_a_page_written_again_keeps_the_thumbnails_of_unchanged_pictures(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", colour="red")
    changed = picture(tmp_path / "b.png", colour="red")
    write(tmp_path, tmp_path / "gallery.html")
    known = page.thumbnails_in(tmp_path / "gallery.html")
    marked = dict.fromkeys(known, "data:image/webp;base64,AAAA")
    os.utime(changed, ns=(10**18, 10**18))
    told, _ = entries(collect([tmp_path]).exhibits, tmp_path, known=marked)
    kept = {one["name"]: one["thumb"] == "data:image/webp;base64,AAAA" for one in told}
    assert kept == {"a.png": True, "b.png": False}


@pytest.mark.parametrize(
    "thumb", ["javascript:alert(1)", "data:image/svg+xml;base64,AAAA", 'data:image/webp;base64,"', 7]
)
def test_a_page_that_was_tampered_with_lends_no_thumbnail(tmp_path: Path, thumb: object) -> None:
    told = [{"name": "a.png", "key": "k", "thumb": thumb}]
    (tmp_path / "gallery.html").write_text(page.render(told, title="x"), "utf-8")
    assert page.thumbnails_in(tmp_path / "gallery.html") == {}


def test_only_our_own_pages_are_known_as_ours(tmp_path: Path) -> None:
    (tmp_path / "ours.html").write_text(page.render([], title="x"), "utf-8")
    (tmp_path / "other.html").write_text("<!doctype html><title>uni gallery</title>", "utf-8")
    assert page.is_ours(tmp_path / "ours.html")
    assert not page.is_ours(tmp_path / "other.html")


def test_a_thumbnail_is_small_and_keeps_the_shape(tmp_path: Path) -> None:
    import io

    from PIL import Image

    picture(tmp_path / "a.png", size=(2000, 1000))
    ((told,), _) = entries(collect([tmp_path]).exhibits, tmp_path)
    head, _, data = told["thumb"].partition(",")
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        assert (head, image.size) == ("data:image/webp;base64", (512, 256))


def test_a_picture_that_cannot_be_decoded_is_left_out(tmp_path: Path) -> None:
    picture(tmp_path / "good.png")
    bad = picture(tmp_path / "bad.png")
    bad.write_bytes(bad.read_bytes()[:60])
    told, problems = entries(collect([tmp_path]).exhibits, tmp_path)
    assert [one["name"] for one in told] == ["good.png"]
    assert [one.path.name for one in problems] == ["bad.png"]


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("a.png", "a.png"),
        ("sub/a b.png", "sub/a%20b.png"),
        ("../out/a.png", "../out/a.png"),
        ("javascript:alert(1).png", "javascript%3Aalert%281%29.png"),
        ("a?b#c.png", "a%3Fb%23c.png"),
        ("caf\u00e9.png", "caf%C3%A9.png"),
        ("\udcff.png", "%FF.png"),
    ],
)
def test_a_link_can_only_be_a_path(name: str, link: str) -> None:
    assert link_of(name) == link


@pytest.mark.parametrize(
    ("name", "windows", "command"),
    [
        ("a.png", False, "uni generate --from a.png"),
        ("it's.png", False, "uni generate --from 'it'\"'\"'s.png'"),
        ("$(rm -rf x).png", False, "uni generate --from '$(rm -rf x).png'"),
        ("-o.png", False, "uni generate --from ./-o.png"),
        ("my file.png", True, 'uni generate --from "my file.png"'),
        ("sub/a.png", True, "uni generate --from sub/a.png"),
        ("a\x1b[2J.png", False, None),
        ("a\nb.png", False, None),
    ],
)
def test_the_command_is_quoted_for_the_shell(name: str, windows: bool, command: str | None) -> None:
    assert command_of(name, windows=windows) == command


def test_a_huge_sidecar_is_shortened(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", more={"sent": {"image": "x" * 200_000}})
    ((told,), _) = entries(collect([tmp_path]).exhibits, tmp_path)
    story = json.loads(told["story"])
    assert story["sent"] == "… too long to be shown here"
    assert story["prompt"] == "a paper lighthouse at dawn"
