import io
from pathlib import Path

import pytest
from PIL import Image, ImageColor, ImageFont

from tests.gallery.pieces import picture
from uni_cli.errors import Usage
from uni_cli.gallery import lettering
from uni_cli.gallery.collect import collect
from uni_cli.gallery.exhibit import Exhibit
from uni_cli.gallery.sheet import arrange, draw, find_axes
from uni_cli.storage import embed


def exhibit(
    name: str,
    *,
    seed: int | None = None,
    prompt: str = "a van",
    at: int = 0,
    sent: int | None = None,
    **variables: object,
) -> Exhibit:
    made = {
        "prompt": prompt,
        "vars": variables,
        "seed": {"requested": seed, "sent": True, "returned": seed},
        "times": {
            "saved": f"2026-03-01T10:00:{at:02d}Z",
            "submitted": None if sent is None else f"2026-03-01T09:00:{sent:02d}Z",
        },
    }
    return Exhibit(Path(name), 300, 200, (0, 0, 0), made)


def test_two_varying_variables_make_a_table_rows_first() -> None:
    pieces = [
        exhibit(f"{n}.png", at=n, city=city, time=time, style="manga")
        for n, (city, time) in enumerate([("Oslo", "dawn"), ("Oslo", "noon"), ("Lima", "dawn"), ("Lima", "noon")])
    ]
    plan = arrange(pieces, title="trams")
    assert (plan.rows, plan.columns, plan.title) == (("Oslo", "Lima"), ("dawn", "noon"), "trams: city by time")
    assert plan.cells[1, 0].path.name == "2.png"


def test_a_variable_and_seeds_make_a_table_with_the_seeds_in_order() -> None:
    pieces = [exhibit(f"{c}{s}.png", seed=s, city=c) for c in ("Oslo", "Lima") for s in (10, 9, 8)]
    plan = arrange(pieces, title="trams")
    assert (plan.columns, plan.title) == (("seed 8", "seed 9", "seed 10"), "trams: city by seed")


def test_numbers_stand_in_their_order_and_words_in_that_of_sending() -> None:
    """Whichever picture of a run is saved first."""
    pieces = [
        exhibit(f"{city}{n}.png", at=59 - place, sent=place, city=city, n=n)
        for place, (city, n) in enumerate((city, n) for city in ("Oslo", "Lima") for n in (2, 10, 1))
    ]
    plan = arrange(pieces, title="trams")
    assert (plan.rows, plan.columns) == (("Oslo", "Lima"), ("1", "2", "10"))
    assert plan.cells[0, 2].path.name == "Oslo10.png"


@pytest.mark.parametrize(
    "pieces",
    [
        [exhibit("a.png", seed=n, city=f"c{n}") for n in range(4)],  # a seed of its own for each
        [exhibit("a.png", a=1, b=1), exhibit("b.png", a=1, b=1), exhibit("c.png", a=2, b=2)],  # a place taken twice
        [exhibit("a.png", a=1, b=1), exhibit("b.png", a=2)],  # one has no such variable
        [exhibit("a.png", a=n, b=n, c=n) for n in range(3)],
        [exhibit("a.png", seed=1), exhibit("b.png", seed=2)],
    ],
)
def test_what_is_no_table_is_a_grid(pieces: list[Exhibit]) -> None:
    assert find_axes(pieces) is None
    assert len(arrange(pieces, title="x").cells) == len(pieces)


def test_a_sweep_of_seeds_is_a_grid_in_the_order_of_the_seeds() -> None:
    plan = arrange([exhibit(f"{s}.png", seed=s) for s in (30, 4, 100, 5)], title="x")
    assert [plan.labels[place] for place in sorted(plan.labels)] == ["seed 4", "seed 5", "seed 30", "seed 100"]


def test_labels_tell_pictures_from_their_neighbours() -> None:
    plan = arrange([exhibit("a.png", prompt="a van"), exhibit("b.png", prompt="a boat", at=1)], title="x")
    assert sorted(plan.labels.values()) == ["a boat", "a van"]
    plan = arrange([exhibit(f"{n}.png", seed=n, a=n, b=n, c=n) for n in (1, 2)], title="x")
    assert sorted(plan.labels.values()) == ["1 · 1 · 1 · seed 1", "2 · 2 · 2 · seed 2"]


def test_the_pictures_are_on_the_sheet_where_the_plan_says(tmp_path: Path) -> None:
    for n, colour in enumerate(["red", "lime", "blue", "yellow"]):
        more = {"vars": {"row": n // 2, "column": n % 2}}
        picture(tmp_path / f"{n}.png", colour=colour, size=(60, 60), saved=f"2026-03-01T10:00:0{n}Z", more=more)
    data, problems = draw(collect([tmp_path]).exhibits, title="four")
    assert problems == []
    with Image.open(io.BytesIO(data)) as sheet:
        red, lime, blue, yellow = (
            _middle(sheet, ImageColor.getrgb(name)) for name in ("red", "lime", "blue", "yellow")
        )
    assert red[0] == blue[0] < lime[0] == yellow[0]
    assert red[1] == lime[1] < blue[1] == yellow[1]


def _middle(sheet: Image.Image, colour: tuple[int, ...]) -> tuple[int, int]:
    places = [(x, y) for y in range(0, sheet.height, 4) for x in range(0, sheet.width, 4)]
    found = [place for place in places if sheet.getpixel(place) == colour]
    (left, top), (right, bottom) = found[0], found[-1]
    return (left + right) // 2, (top + bottom) // 2


@pytest.mark.parametrize(
    "text",
    [
        "夜明けの紙の灯台",
        "منارة من ورق",
        "🦊 fox 👩‍👩‍👧",
        "e\u0301" * 40,
        "\u202ereversed\x00\x1b[2J\n\nlines",
        "ｗｉｄｅ" * 80,
        "\U0010ffff\ufffd",
        "",
    ],
)
def test_no_label_of_any_script_ends_the_sheet(tmp_path: Path, text: str) -> None:
    for n in range(2):
        picture(tmp_path / f"{n}.png", prompt=f"{text}{n}", more={"vars": {"a": f"{text}{n}"}, "item": text})
    data, problems = draw(collect([tmp_path]).exhibits, title=text)
    assert problems == []
    with Image.open(io.BytesIO(data)) as sheet:
        assert sheet.format == "PNG"


def test_a_label_is_cut_to_fit() -> None:
    font = ImageFont.load_default(20)
    cut = lettering.fit("a very long label that does not fit", font, 120)
    assert cut.endswith("...")
    assert font.getlength(cut) <= 120
    assert lettering.fit("short", font, 120) == "short"


def test_a_label_is_one_line_of_printable_text() -> None:
    assert lettering.one_line("a\x1b[2J b\n\n  c\u202ed\x00") == "a [2J b c d"


def test_many_pictures_get_smaller_tiles_and_too_many_are_refused() -> None:
    plan = arrange([exhibit(f"{n}.png", seed=n) for n in range(1000)], title="x")
    from uni_cli.gallery.sheet import MAX_PIXELS, measure

    measures = measure(plan)
    width, height = measures.size(len(plan.rows), len(plan.columns))
    assert width * height <= MAX_PIXELS
    assert measures.tile < 320
    with pytest.raises(Usage, match="2001 pictures are too many"):
        draw([exhibit(f"{n}.png") for n in range(2001)], title="x")


def test_a_picture_that_cannot_be_read_leaves_its_place_empty(tmp_path: Path) -> None:
    picture(tmp_path / "good.png")
    bad = picture(tmp_path / "bad.png")
    bad.write_bytes(bad.read_bytes()[:60])
    _, problems = draw(collect([tmp_path]).exhibits, title="x")
    assert [one.path.name for one in problems] == ["bad.png"]


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_a_sheet_says_that_it_shows_pictures_by_a_model_and_is_no_exhibit_itself(tmp_path: Path, format: str) -> None:
    picture(tmp_path / "a.png")
    data, _ = draw(collect([tmp_path]).exhibits, title="x", format=format)
    told = embed.read(io.BytesIO(data))
    assert (told.format, told.ai_mark) == (format, "compositeWithTrainedAlgorithmicMedia")
    (tmp_path / f"sheet.{format}").write_bytes(data)
    assert [one.path.name for one in collect([tmp_path]).exhibits] == ["a.png"]
