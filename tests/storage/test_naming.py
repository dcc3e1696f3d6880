"""What a template may say and which paths come of it."""

import os
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uni_cli.storage.naming import (
    DEFAULT,
    FIELDS,
    TemplateError,
    check,
    fill,
    numbered,
    slug,
    suffix_format,
    with_suffix,
)

VALUES: dict[str, object] = {
    "slug": "A lighthouse, at dusk",
    "job": "7f3a9c21",
    "n": 1,
    "seed": None,
    "date": "2026-11-20",
    "time": "09-14-03",
    "provider": "local",
    "model": "uni-1",
    "aspect": "16:9",
    "recipe": "skyline",
    "item": "street/night",
    "ext": "png",
    "city": "São Paulo",
}
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³")}


def filled(template: str) -> str:
    return fill(template, VALUES).as_posix()


def is_safe_everywhere(part: str) -> bool:
    return (
        0 < len(part.encode()) <= 200
        and not set(part) & set('<>:"/\\|?*')
        and all(char >= " " and char != "\x7f" for char in part)
        and part[-1] not in " ."
        and part[0] not in " -"
        and part.partition(".")[0].rstrip(" ").lower() not in RESERVED
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lisbon", "lisbon"),
        ("16:9", "16-9"),
        ("São Paulo", "sao-paulo"),
        (None, "none"),
        (True, "true"),
        (0.5, "0-5"),
        ("  --Two   words!-- ", "two-words"),
        ("the lighthouse's lamp, the keeper’s cat", "the-lighthouses-lamp-the-keepers-cat"),
        ("Straße, Ærø, Łódź, İstanbul", "strasse-aero-lodz-istanbul"),
        ("ｆｕｌｌ ｗｉｄｔｈ ﬁne", "full-width-fine"),
        ("東京の夜", "東京の夜"),
        ("がらす", "がらす"),
        ("हिन्दी भाषा", "हिन्दी-भाषा"),
        ("Афины", "афины"),
        ("a\u202egnp.exe", "agnp-exe"),
        ("e\u0301te\u0301", "ete"),
        ("🎉!?", "untitled"),
        ("", "untitled"),
    ],
)
def test_a_slug_is_what_a_person_would_type(text: object, expected: str) -> None:
    assert slug(text) == expected


def test_a_long_slug_ends_with_a_whole_word() -> None:
    assert slug("a narrow market street with one red van", limit=20) == "a-narrow-market"
    assert slug("a narrow market street with one red van", limit=22) == "a-narrow-market-street"


def test_a_long_word_is_cut_where_it_must_be() -> None:
    assert slug("x" * 80) == "x" * 60


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (DEFAULT, "a-lighthouse-at-dusk-7f3a9c21.png"),
        ("out/", "out/a-lighthouse-at-dusk-7f3a9c21.png"),
        (".", "a-lighthouse-at-dusk-7f3a9c21.png"),
        ("out/{city}-{time}-{seed}.{ext}", "out/sao-paulo-09-14-03-none.png"),
        ("{item}.{ext}", "street-night.png"),
        ("{aspect}/{n}.webp", "16-9/1.webp"),
        ("My Picture.png", "My Picture.png"),
        ("Über Größe.JPEG", "Über Größe.JPEG"),
        ("pic", "pic.png"),
        ("pic-v1.2", "pic-v1.2.png"),
        ("a.b/pic", "a.b/pic.png"),
        ("{ext}/{n}", "png/1.png"),
        ("{n}-{ext}", "1-png.png"),
        (".png", ".png.png"),
        ("a/.{ext}", "a/.png.png"),
        (" .png", "_ .png"),
        ("notes.txt", "notes.txt.png"),
        ("./a//b.png", "a/b.png"),
        ("CON.png", "_CON.png"),
        ("nul/aux .x/com1", "_nul/_aux .x/_com1.png"),
        ("console.png", "console.png"),
        ("-rf.png", "_-rf.png"),
        ("dots.../end. /x.png", "dots/end/x.png"),
        ('a*b?"c"<d>|e.png', "a-b--c--d--e.png"),
        ("/abs/olute/x", "/abs/olute/x.png"),
        ("a/~", "a/_~.png"),
    ],
)
def test_a_template_becomes_a_path(template: str, expected: str) -> None:
    assert filled(template) == expected


def test_a_tilde_is_the_home_folder() -> None:
    assert fill("~/pics/{slug}", VALUES) == Path.home() / "pics" / "a-lighthouse-at-dusk.png"
    assert fill("~", VALUES) == Path.home() / "a-lighthouse-at-dusk-7f3a9c21.png"


@pytest.mark.skipif(os.name == "nt", reason="there a backslash separates folders and a colon names a drive")
def test_what_separates_elsewhere_is_made_safe_here() -> None:
    assert filled("a\\b.png") == "a-b.png"
    assert filled("C:/b.png") == "C-/b.png"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("../x", "'..'"),
        ("a/../../b", "'..'"),
        ("a\\..\\b", "'..'"),
        ("/..", "'..'"),
        ("{slgu}.png", "Did you mean {slug}?"),
        ("{zzzzzz}", "Fields: aspect, "),
        ("{slug", "without its partner"),
        ("slug}", "without its partner"),
        ("{{slug}}", "without its partner"),
        ("{}", "plain field names"),
        ("{0}", "plain field names"),
        ("{slug.__class__}", "plain field names"),
        ("{slug[0]}", "plain field names"),
        ("{slug!r}", "plain field names"),
        ("{n:>10}", "plain field names"),
        ("a\0b", "control character"),
        ("a\nb", "control character"),
        ("a\udc80b", "control character"),
    ],
)
def test_a_template_that_cannot_name_a_file_is_refused(template: str, words: str) -> None:
    with pytest.raises(TemplateError) as error:
        check(template, fields=FIELDS)
    assert words in str(error.value)
    with pytest.raises(TemplateError):
        fill(template, VALUES)


def test_a_variable_named_with_spaces_and_any_script_is_a_field() -> None:
    assert fill("{Product Name}-{größe}", {"Product Name": "Red Van", "größe": "XL", "ext": "jpg"}) == Path(
        "red-van-xl.jpg"
    )


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("a.png", "png"),
        ("a.JPG", "jpeg"),
        ("a.jpeg", "jpeg"),
        ("x/{slug}.WebP", "webp"),
        ("a.{ext}", None),
        ("a", None),
        ("a.gif", None),
        ("a.png/", None),
        (".png", None),
        ("a.png/b", None),
    ],
)
def test_a_literal_suffix_says_the_format(template: str, expected: str | None) -> None:
    assert suffix_format(template) == expected


@pytest.mark.parametrize(
    ("name", "format", "expected"),
    [
        ("a.png", "png", "a.png"),
        ("a.png", "jpeg", "a.jpg"),
        ("a.jpeg", "jpeg", "a.jpeg"),
        ("a.JPG", "jpeg", "a.JPG"),
        ("a.jpg", "webp", "a.webp"),
        ("pic-v1.2", "png", "pic-v1.2.png"),
        ("pic-v1.2.webp", "jpg", "pic-v1.2.jpg"),
    ],
)
def test_a_file_gets_its_true_suffix(name: str, format: str, expected: str) -> None:
    assert with_suffix(Path("out") / name, format) == Path("out") / expected


def test_a_taken_name_is_numbered_before_its_suffix() -> None:
    names = [numbered(Path("a/pic-v1.2.png"), k).as_posix() for k in range(3)]
    assert names == ["a/pic-v1.2.png", "a/pic-v1.2-1.png", "a/pic-v1.2-2.png"]
    assert numbered(Path("plain"), 1) == Path("plain-1")
    assert numbered(Path(".hidden"), 1) == Path(".hidden-1")


def test_too_long_a_name_keeps_its_job_and_suffix() -> None:
    name = fill("{city}-{slug}-{job}.{ext}", {**VALUES, "city": "京" * 80, "slug": "都" * 80}).name
    assert name.endswith("-7f3a9c21.png")
    assert len(name.encode()) <= 200


anything = st.text(max_size=80)
templates = st.lists(
    st.one_of(
        st.sampled_from(
            ["{slug}", "{job}", "{ext}", "{var}", ".", "..", "/", "~", "-", " ", "con", "NUL.", ".png", ".Jpeg"]
        ),
        st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="{}/"), max_size=120),
    ),
    min_size=1,
    max_size=8,
).map("".join)


@settings(max_examples=100, deadline=None)
@given(template=templates, slug_text=anything, variable=anything)
def test_whatever_is_filled_in_the_path_is_safe_and_stays_in_its_folder(
    template: str, slug_text: str, variable: str
) -> None:
    fields = {"slug": slug_text, "job": "7f3a9c21", "ext": "webp", "var": variable}
    try:
        path = fill(template, fields)
    except TemplateError:
        dots = ".." in template.replace("\\", "/").split("/")
        assert dots or not template.strip() or "{" in Path(template).anchor
        return
    home = template == "~" or template.startswith("~/")
    anchor = Path.home() if home else Path(Path(template).anchor)
    parts = path.relative_to(anchor).parts
    assert path.anchor == anchor.anchor
    assert parts
    assert all(is_safe_everywhere(part) for part in parts)
    assert suffix_format(path.name) is not None


@settings(max_examples=100, deadline=None)
@given(anything)
def test_a_slug_is_made_of_letters_digits_and_hyphens(text: str) -> None:
    made = slug(text)
    assert 0 < len(made) <= 60
    assert not set(made) & (set(string.punctuation + string.whitespace) - {"-"})
    assert not made.startswith("-")
    assert not made.endswith("-")
    assert "--" not in made


@settings(max_examples=50, deadline=None)
@given(anything)
def test_a_slug_of_a_slug_is_itself(text: str) -> None:
    assert slug(slug(text)) == slug(text)
