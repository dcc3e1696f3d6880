"""`uni recipes run` against the emulator: only what is missing or changed, never twice, nothing lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.front import Services, uni
from tests.recipes.kitchen import lock, picture, put, run, start, statuses, until_queued

CITIES = "prompt: '{{ city }} skyline'\nprovider: luma\naspect: 1:3\nmatrix: {city: [Lisbon, Kyoto, Oslo]}\n"
OUT = Path("recipes/out/a")


@pytest.fixture(autouse=True)
def _no_waiting(services: Services) -> None:
    """Every test here talks to the emulator."""


def test_a_run_makes_what_is_missing_and_a_second_one_nothing(services: Services) -> None:
    put("a.yaml", CITIES)
    first = run("a", "--json")
    assert (first.code, services.billed("luma")) == (0, 3)
    assert [(i["recipe"], i["item"], i["path"]) for i in first.json["images"]] == [
        ("a", "lisbon", "recipes/out/a/lisbon.png"),
        ("a", "kyoto", "recipes/out/a/kyoto.png"),
        ("a", "oslo", "recipes/out/a/oslo.png"),
    ]
    assert statuses() == {"lisbon": "ok", "kyoto": "ok", "oslo": "ok"}
    second = run("a", "--json")
    assert (second.code, second.json["images"], services.billed("luma")) == (0, [], 3)


def test_the_paths_of_the_made_pictures_are_the_output() -> None:
    put("a.yaml", CITIES)
    result = run("a", "--only", "kyoto")
    assert (result.code, result.lines) == (0, ["recipes/out/a/kyoto.png"])
    assert Path(result.lines[0]).is_file()


def test_a_changed_recipe_makes_only_what_it_changed_and_in_the_old_place(services: Services) -> None:
    put("a.yaml", CITIES)
    run("a")
    before = lock("a")
    put("a.yaml", CITIES + "  # a comment\n")
    assert statuses() == {"lisbon": "ok", "kyoto": "ok", "oslo": "ok"}
    put("a.yaml", CITIES.replace("skyline", '{% if city == "Kyoto" %}temple{% else %}skyline{% endif %}'))
    assert statuses() == {"lisbon": "ok", "kyoto": "stale", "oslo": "ok"}
    assert (run("a").code, services.billed("luma")) == (0, 4)
    after = lock("a")
    assert [item for item in after if after[item] != before[item]] == ["kyoto"]
    assert sorted(path.name for path in OUT.glob("*.png")) == ["kyoto.png", "lisbon.png", "oslo.png"]
    assert json.loads((OUT / "kyoto.png.json").read_text())["prompt"] == "Kyoto temple"


def test_a_picture_altered_by_hand_is_left_alone_unless_forced(services: Services) -> None:
    put("a.yaml", CITIES)
    run("a")
    (OUT / "oslo.png").write_bytes(b"my own work")
    assert statuses()["oslo"] == "altered"
    result = run("a", "--json")
    assert (result.code, result.json["ok"], result.json["error"]["code"]) == (3, False, "run.partial")
    assert ((OUT / "oslo.png").read_bytes(), services.billed("luma")) == (b"my own work", 3)
    forced = run("a", "--force", "--only", "oslo", "--json")
    assert (forced.code, forced.json["images"][0]["path"]) == (0, "recipes/out/a/oslo-1.png")
    assert (OUT / "oslo.png").read_bytes() == b"my own work"
    assert statuses()["oslo"] == "ok"
    put("a.yaml", CITIES.replace("skyline", "harbour"))
    assert run("a", "--only", "oslo").lines == ["recipes/out/a/oslo-1.png"]


def test_a_picture_that_is_gone_is_made_again(services: Services) -> None:
    put("a.yaml", CITIES)
    run("a")
    (OUT / "oslo.png").unlink()
    (OUT / "oslo.png.json").unlink()
    assert statuses()["oslo"] == "missing"
    assert (run("a").lines, services.billed("luma")) == (["recipes/out/a/oslo.png"], 4)


def test_force_makes_everything_anew_in_the_same_places(services: Services) -> None:
    put("a.yaml", CITIES)
    run("a")
    assert (run("a", "--force").code, services.billed("luma")) == (0, 6)
    assert len(list(OUT.glob("*.png"))) == 3


def test_orphans_are_told_and_pruned_with_their_files_if_they_are_the_made_ones() -> None:
    put("a.yaml", CITIES)
    run("a")
    put("a.yaml", CITIES.replace(", Kyoto, Oslo", ""))
    assert statuses() == {"lisbon": "ok", "kyoto": "orphaned", "oslo": "orphaned"}
    (OUT / "oslo.png").write_bytes(b"my own work")
    told = run("a", "--prune", "--dry-run")
    assert "--prune would drop kyoto of a and remove recipes/out/a/kyoto.png" in told.err
    assert "drop oslo of a; recipes/out/a/oslo.png is not the file that was made, so it stays" in told.err
    assert set(lock("a")) == {"lisbon", "kyoto", "oslo"}
    assert run("a", "--prune").code == 0
    assert set(lock("a")) == {"lisbon"}
    assert sorted(path.name for path in OUT.iterdir()) == ["lisbon.png", "lisbon.png.json", "oslo.png", "oslo.png.json"]


def test_a_hostile_lock_prunes_nothing_outside() -> None:
    import hashlib

    Path("precious.txt").write_bytes(b"x")
    put("a.yaml", CITIES.replace(", Kyoto, Oslo", ""))
    entry = {"fingerprint": "f", "path": "../precious.txt", "sha256": hashlib.sha256(b"x").hexdigest()}
    put("a.lock.json", json.dumps({"schema": "uni.lock/1", "recipe": "a", "items": {"gone": entry}}))
    run("a", "--prune")
    assert Path("precious.txt").read_bytes() == b"x"
    assert "gone" not in lock("a")


def test_after_a_failure_the_rest_is_made_and_what_is_left_is_named(services: Services) -> None:
    put("a.yaml", CITIES)
    services.break_with("luma:poll:moderated:1")
    result = run("a", "--jobs", "1", "--json")
    assert (result.code, len(result.json["images"]), len(result.json["failures"])) == (3, 2, 1)
    assert result.json["failures"][0]["code"] == "provider.moderated"
    assert "Not made: lisbon. `uni recipes run a` tries again." in result.err
    assert set(lock("a")) == {"kyoto", "oslo"}
    services.break_with()
    assert run("a").lines == ["recipes/out/a/lisbon.png"]


def test_the_code_is_the_common_one_where_nothing_was_made(services: Services) -> None:
    put("a.yaml", CITIES)
    services.break_with("luma:poll:moderated")
    assert run("a").code == 5


def test_a_dry_run_lists_what_would_be_made_and_sends_nothing(services: Services) -> None:
    put("a.yaml", CITIES)
    run("a", "--only", "oslo")
    result = run("a", "--dry-run")
    assert result.lines == [
        "a\tlisbon\tmissing\tluma\tuni-1\t$0.0404",
        "a\tkyoto\tmissing\tluma\tuni-1\t$0.0404",
        "2 pictures, total $0.0808",
    ]
    plan = run("a", "--dry-run", "--json").json
    assert (plan["schema"], plan["total_usd"], [i["item"] for i in plan["items"]]) == (
        "uni.plan/1", "0.0808", ["lisbon", "kyoto"],
    )  # fmt: skip
    assert set(plan["items"][0]) == {
        "recipe", "item", "provider", "method", "url", "body", "price_usd", "warnings",
    }  # fmt: skip
    assert run("a", "--dry-run", "--force").lines[-1] == "3 pictures, total $0.1212"
    assert services.billed() == 1


def test_max_cost_holds_for_the_whole_run(services: Services) -> None:
    put("a.yaml", CITIES)
    result = run("a", "--max-cost", "0.10", "--json")
    assert (result.code, result.json["error"]["code"], services.billed()) == (6, "budget.max_cost", 0)
    assert run("a", "--max-cost", "0.13").code == 0
    put("b.yaml", "max-cost: 0.05\n" + CITIES)
    assert run("b").code == 6


def test_the_strictest_of_a_recipes_cap_and_the_settings_holds(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("mc.yaml", "prompt: x\nprovider: luma\nmax-cost: 30\n")
    put("low.yaml", "prompt: y\nprovider: luma\nmax-cost: 0.01\n")
    put("none.yaml", "prompt: z\nprovider: luma\n")
    monkeypatch.setenv("UNI_MAX_COST", "0.02")
    refused = run("mc", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (6, "budget.max_cost")
    monkeypatch.setenv("UNI_MAX_COST", "5")
    for names in (("low",), ("low", "none"), ("low", "mc")):
        refused = run(*names, "--json")
        assert (refused.code, refused.json["error"]["code"], services.billed()) == (6, "budget.max_cost", 0)
        assert "`max-cost` of low" in refused.json["error"]["message"]
    assert run("mc").code == 0
    assert run("low", "--max-cost", "1").code == 0


def test_a_run_above_ten_dollars_needs_a_max_cost(services: Services) -> None:
    put("b.yaml", "prompt: x\nprovider: luma\nseeds: {from: 1, count: 248}\n")
    assert (run("b", "--json").json["error"]["code"], services.billed()) == ("budget.needs_max_cost", 0)
    assert run("b", "--dry-run").code == 0


def test_a_budget_that_does_not_hold_the_whole_run_stops_it_before_anything_is_sent(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNI_BUDGET_DAILY", "0.10")
    put("a.yaml", CITIES)
    result = run("a", "--json")
    assert (result.code, result.json["error"]["code"], services.billed()) == (6, "budget.exceeded", 0)
    assert run("a", "--only", "oslo").code == 0


def test_a_service_without_a_key_is_an_error_and_a_dry_run_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UNI_LUMA__API_KEY", "LUMA_AGENTS_API_KEY"):
        monkeypatch.delenv(name)
    put("a.yaml", CITIES)
    assert run("a", "--dry-run").code == 0
    assert run("a").code == 4


def test_provider_stands_above_the_recipe_and_does_not_make_it_stale(services: Services) -> None:
    put("a.yaml", CITIES)
    assert run("a", "--only", "oslo", "-p", "runware").code == 0
    assert (lock("a")["oslo"]["provider"], services.billed("runware")) == ("runware", 1)
    assert statuses()["oslo"] == "ok"


def test_what_a_service_lacks_is_told_at_the_recipes_place() -> None:
    put("a.yaml", "prompt: x\nprovider: gmicloud\nsafety: fast\n")
    result = run("a", "--dry-run")
    assert result.code == 2
    assert "recipes/a.yaml:3:9: a: gmicloud does not have a safety check" in result.err


def test_a_list_of_services_is_tried_in_order(services: Services) -> None:
    put("a.yaml", CITIES.replace("provider: luma", "provider: luma,runware"))
    services.break_with("luma:submit:402")
    assert (run("a").code, services.billed("luma"), services.billed("runware")) == (0, 0, 3)


def test_jobs_is_the_most_pictures_at_once(start_services: Callable[..., Services]) -> None:
    services = start_services(latency=0.3)
    put("a.yaml", "prompt: x\nprovider: segmind\nseeds: [1, 2, 3, 4, 5]\n")
    result = run("a", "--jobs", "2")
    assert result.code == 0
    running = most = 0
    for line in result.err.splitlines():
        running += line.endswith(" sending")
        running -= " saved " in line
        most = max(most, running)
    assert most == 2
    assert services.billed("segmind") == 5
    assert run("a", "--jobs", "0").code == 2


def test_a_killed_run_loses_nothing_and_pays_nothing_twice(start_services: Callable[..., Services]) -> None:
    services = start_services(latency=1.5)
    put("a.yaml", CITIES)
    process = start("a", "--jobs", "2")
    until_queued(process, 2)
    process.kill()
    process.communicate()
    assert not Path("recipes/a.lock.json").exists()
    result = run("a", "--json")
    assert (result.code, len(result.json["images"]), result.json["failures"]) == (0, 3, [])
    assert (services.billed("luma"), set(statuses().values())) == (3, {"ok"})


def test_a_picture_that_was_saved_and_not_locked_is_taken_from_the_ledger(services: Services) -> None:
    put("a.yaml", CITIES)
    run("a")
    before = lock("a")
    Path("recipes/a.lock.json").unlink()
    assert run("a").code == 0
    assert (lock("a"), services.billed("luma")) == (before, 3)


def test_the_sidecar_names_recipe_item_and_variables() -> None:
    put("a.yaml", CITIES)
    run("a", "--only", "oslo")
    made = json.loads((OUT / "oslo.png.json").read_text("utf-8"))
    assert (made["recipe"], made["item"], made["vars"]) == ("a", "oslo", {"city": "Oslo"})


def test_the_output_takes_variables_as_slugs_and_the_seed_that_was_asked_for() -> None:
    put("a.yaml", """
        prompt: "{{ city }} at {{ time }}"
        provider: runware
        vars: {time: Late Dusk}
        matrix: {city: [São Paulo]}
        seeds: [7]
        output: pics/{city}-{time}-{seed}-{recipe}.{ext}
    """)  # fmt: skip
    assert run("a").lines == ["recipes/pics/sao-paulo-late-dusk-7-a.png"]
    assert lock("a")["sao-paulo-7"]["path"] == "pics/sao-paulo-late-dusk-7-a.png"


def test_a_changed_reference_makes_stale_and_a_moved_folder_does_not() -> None:
    picture("refs/p.png", "teal")
    put("a.yaml", "prompt: x\nprovider: luma\nreferences: [{image: refs/p.png, role: palette, borrow: the teal}]\n")
    run("a")
    Path("recipes").rename("art")
    result = uni("recipes", "check", "art", "--json")
    assert (result.code, result.json["items"][0]["status"]) == (0, "ok")
    Path("art").rename("recipes")
    picture("refs/p.png", "red")
    assert statuses() == {"a": "stale"}


def test_an_unknown_item_is_an_error_that_names_the_nearest() -> None:
    put("a.yaml", CITIES)
    result = run("a", "--only", "kioto", "--dry-run")
    assert (result.code, "did you mean `kyoto`?" in result.err) == (2, True)
    assert [line.split("\t")[1] for line in run("a", "--only", "*o", "--dry-run").lines[:-1]] == ["kyoto", "oslo"]


def test_a_run_larger_than_a_block_is_made_block_by_block(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uni_cli.recipes.work.BLOCK", 3)
    monkeypatch.setattr("uni_cli.commands.recipes_run.BLOCK", 3)
    monkeypatch.setattr("uni_cli.recipes.survey.KEPT", 2)
    put("a.yaml", "prompt: x\nprovider: luma\nseeds: {from: 1, count: 8}\n")
    result = run("a", "--jobs", "8", "--json")
    assert (result.code, len(result.json["images"]), services.billed("luma")) == (0, 8, 8)
    assert set(statuses().values()) == {"ok"}
    monkeypatch.setenv("UNI_BUDGET_DAILY", "0.60")
    assert (run("a", "--force").code, services.billed("luma")) == (6, 8)
