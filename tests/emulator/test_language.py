"""The little language of faults."""

from collections import Counter

import pytest

from uni_cli.emulator.faults import FILE, JOB, KINDS, SERVICES, STEPS, Fault, Faults, kinds_for, parse


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("luma:submit:429", Fault("luma", "submit", "429")),
        ("any:any:slow=5:3", Fault("any", "any", "slow", "5", 3)),
        ("luma:poll:failed=corrupt_input", Fault("luma", "poll", "failed", "corrupt_input")),
        ("runware:submit:refused", Fault("runware", "submit", "refuse")),
        ("gmicloud:submit:shape=B", Fault("gmicloud", "submit", "shape", "B")),
        ("segmind:submit:504-after:1", Fault("segmind", "submit", "504-after", "", 1)),
    ],
)
def test_a_line_becomes_a_fault(text: str, fault: Fault) -> None:
    assert parse(text) == fault


@pytest.mark.parametrize("text", ["luma:submit:429", "any:any:slow=5:3", "any:any:random=0.5=seven"])
def test_a_fault_becomes_its_line_again(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("luma:submit", "is not SERVICE:STEP:KIND[:COUNT]"),
        ("krea:submit:429", "no service 'krea'; there are luma, runware, gmicloud, segmind, chat and any"),
        ("luma:buy:429", "no step 'buy'; there are submit, poll, recover, download, upload, check and any"),
        ("luma:submit:explode", "no kind 'explode'"),
        ("luma:submit:429:x", "the count must be a whole number"),
        ("luma:submit:truncated", "truncated means nothing at this step"),
        ("luma:download:moderated", "moderated means nothing at this step"),
        ("segmind:submit:concurrency", "concurrency means nothing at this step"),
        ("luma:submit:slow=soon", "'soon' is not a number"),
        ("any:any:random=7", "the chance must lie between 0 and 1"),
        ("gmicloud:submit:shape=Z", "no kind 'shape'"),
    ],
)
def test_a_wrong_line_is_explained(text: str, complaint: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse(text)
    # After what is wrong may stand what would be right.
    assert str(caught.value).partition("; there are ")[0].endswith(complaint.partition("; there are ")[0])
    assert complaint in str(caught.value)


def test_a_count_runs_out_and_the_next_line_takes_over() -> None:
    faults = Faults(["luma:submit:500:2", "luma:submit:429:1"])
    struck = [faults.take("luma", "submit") for _ in range(4)]
    assert [fault.kind if fault else None for fault in struck] == ["500", "500", "429", None]


def test_a_fault_strikes_only_its_service_and_step() -> None:
    faults = Faults(["luma:poll:500"])
    assert faults.take("luma", "submit") is None
    assert faults.take("segmind", "poll") is None
    assert faults.take("luma", "poll") is not None


def test_any_step_means_the_steps_where_the_kind_makes_sense() -> None:
    faults = Faults(["any:any:corrupt"])
    assert [step for step in STEPS if faults.take("luma", step)] == ["download"]


def test_every_kind_of_the_list_can_be_asked_for_somewhere() -> None:
    for kind in KINDS:
        assert [step for step in STEPS if accepts(f"any:{step}:{kind}")]


def accepts(line: str) -> bool:
    try:
        parse(line)
    except ValueError:
        return False
    return True


def test_wrong_lines_change_nothing() -> None:
    faults = Faults(["luma:poll:500"])
    with pytest.raises(ValueError):
        faults.replace(["luma:poll:404", "nonsense"])
    assert [str(fault) for fault in faults.lines] == ["luma:poll:500"]


def test_the_last_line_decides_a_variant() -> None:
    faults = Faults(["gmicloud:submit:shape=B", "any:any:shape=C"])
    assert faults.variant("gmicloud", "shape") == "C"
    assert faults.variant("gmicloud", "echo") == "usual"
    assert faults.take("gmicloud", "submit") is None


def test_random_faults_repeat_with_their_seed_and_strike_as_often_as_asked() -> None:
    def drawn(line: str) -> list[str]:
        faults = Faults([line])
        return [fault.kind for _ in range(1000) if (fault := faults.take("luma", "submit"))]

    first, again, other = drawn("any:any:random=0.2=a"), drawn("any:any:random=0.2=a"), drawn("any:any:random=0.2=b")
    assert first == again
    assert first != other
    assert 150 < len(first) < 250
    assert set(first) == set(kinds_for("luma", "submit", gentle=False))
    assert min(Counter(first).values()) >= 1


def test_weather_never_ends_a_job() -> None:
    for service in SERVICES:
        for step in STEPS:
            kinds = kinds_for(service, step, gentle=True)
            assert not set(kinds) & {*JOB, "partial", "400", "401", "402", "403", "404", "406", "422"}
    assert set(FILE) - {"oversized", "drip"} <= set(kinds_for("luma", "download", gentle=True))
