import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.gallery.pieces import picture, picture_without_sidecar
from uni_cli.errors import Usage
from uni_cli.gallery.collect import Collector, collect
from uni_cli.gallery.exhibit import Exhibit


def test_pictures_with_sidecars_are_found_in_folders_below_newest_first(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", saved="2026-03-01T10:00:00Z")
    picture(tmp_path / "deep" / "er" / "b.jpg", saved="2026-03-03T10:00:00Z")
    picture(tmp_path / "c.webp", saved="2026-03-02T10:00:00Z")
    found = collect([tmp_path])
    assert [one.path.name for one in found.exhibits] == ["b.jpg", "c.webp", "a.png"]
    assert found.problems == ()


def test_a_picture_that_lost_its_sidecar_tells_from_inside(tmp_path: Path) -> None:
    picture_without_sidecar(tmp_path / "a.png", prompt="a fox", provider="segmind")
    (only,) = collect([tmp_path]).exhibits
    assert (only.prompt, only.word("provider"), only.word("model"), only.seed) == ("a fox", "segmind", "uni-1", 5)


def test_pictures_of_others_hidden_folders_and_other_files_are_passed_over(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "holiday.png")
    picture(tmp_path / ".cache" / "a.png")
    picture(tmp_path / ".hidden.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("a lighthouse")
    found = collect([tmp_path])
    assert (found.exhibits, found.problems) == ((), ())


def test_a_picture_named_twice_is_shown_once(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    assert len(collect([tmp_path, path, tmp_path]).exhibits) == 1


def test_a_named_picture_that_says_nothing_is_a_problem(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "holiday.png")
    (problem,) = collect([tmp_path / "holiday.png"]).problems
    assert (problem.path.name, problem.reason) == ("holiday.png", "it does not say how it was made")


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="nowhere does not exist"):
        collect([tmp_path / "nowhere"])


@pytest.mark.parametrize("text", ["", "[]", "{", '{"schema": "other/1"}', "[" * 100_000])
def test_a_sidecar_that_is_none_is_a_problem_and_not_an_end(tmp_path: Path, text: str) -> None:
    picture(tmp_path / "good.png")
    picture(tmp_path / "bad.png").with_name("bad.png.json").write_text(text)
    found = collect([tmp_path])
    assert [one.path.name for one in found.exhibits] == ["good.png"]
    assert [one.path.name for one in found.problems] == ["bad.png"]


def test_a_damaged_sidecar_gives_way_to_what_is_inside_the_picture(tmp_path: Path) -> None:
    picture_without_sidecar(tmp_path / "a.png", prompt="a fox", provider="luma")
    (tmp_path / "a.png.json").write_text("{")
    assert [one.prompt for one in collect([tmp_path]).exhibits] == ["a fox"]


def test_looking_again_sees_what_came_changed_and_went(tmp_path: Path) -> None:
    first, second = picture(tmp_path / "a.png"), picture(tmp_path / "b.png")
    collector = Collector([tmp_path])
    before = {one.path: one for one in collector.look().exhibits}
    first.unlink()
    picture(tmp_path / "c.png")
    os.utime(second, ns=(10**18, 10**18))
    after = {one.path: one for one in collector.look().exhibits}
    assert sorted(path.name for path in after) == ["b.png", "c.png"]
    assert after[second].stamp != before[second].stamp


def test_what_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    collector = Collector([tmp_path])
    (before,) = collector.look().exhibits
    (after,) = collector.look().exhibits
    assert before is after


def test_folders_that_are_links_are_not_followed_round_in_circles(tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.png")
    try:
        (tmp_path / "in" / "loop").symlink_to(tmp_path, target_is_directory=True)
    except OSError:
        shutil.rmtree(tmp_path / "in")
        pytest.skip("this system lets only administrators make links")
    assert len(collect([tmp_path]).exhibits) == 1


@pytest.mark.parametrize(
    ("made", "seed"),
    [
        ({"seed": {"requested": 7, "sent": True, "returned": None}}, 7),
        ({"seed": {"requested": 7, "sent": True, "returned": 9}}, 9),
        ({"seed": {"requested": 7, "sent": False, "returned": None}}, None),
        ({"seed": {"sent": True}, "request": {"seed": 3}}, 3),
        ({"seed": 7}, None),
        ({"seed": {"returned": True}}, None),
        ({}, None),
    ],
)
def test_a_seed_counts_only_if_it_was_sent_or_returned(made: dict[str, object], seed: int | None) -> None:
    assert Exhibit(Path("a.png"), 1, 1, (0, 0, 0), made).seed == seed


def test_a_sidecar_of_strange_shapes_reads_as_nothing(tmp_path: Path) -> None:
    strange = {"prompt": ["x"], "vars": "no", "times": 4, "request": None, "recipe": {"a": 1}}
    one = Exhibit(Path("a.png"), 1, 1, (1_700_000_000_000_000_000, 0, 0), strange)
    assert (one.prompt, one.variables, one.word("recipe"), one.saved) == ("", {}, "", "2023-11-14T22:13:20Z")
