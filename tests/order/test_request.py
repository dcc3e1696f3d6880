"""Wishes become requests: what the flags, prompts, keeps and roles turn into, for any text."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uni_cli import codec
from uni_cli.errors import UniError, UnknownJob, Usage
from uni_cli.models import ASPECTS, Job, Operation, Reference, Request, Role, Target
from uni_cli.order import planning
from uni_cli.order.references import References
from uni_cli.order.request import build, checked_prompt, raw_fields, read_prompt
from uni_cli.order.wishes import Wishes
from uni_cli.prompts import compose
from uni_cli.providers.base import Access
from uni_cli.providers.local import Local
from uni_cli.settings import Service
from uni_cli.transport import Transport

TEXT = st.text(min_size=1, max_size=60).filter(lambda text: bool(text.strip()))
HASH = st.text("0123456789abcdef", min_size=64, max_size=64)


def no_job(job_id: str) -> Job:
    raise UnknownJob(f"There is no job {job_id}")


def references(folder: Path) -> References:
    return References(folder=folder, find_job=no_job, handle=lambda job: None)


REFERENCES = st.builds(
    Reference,
    source=TEXT,
    role=st.none() | st.sampled_from(Role),
    borrow=st.none() | TEXT,
    path=st.none() | TEXT,
    sha256=st.none() | HASH,
    media_type=st.sampled_from(["image/png", "image/jpeg"]),
    width=st.integers(1, 9999),
    height=st.integers(1, 9999),
    bytes=st.integers(1, 10**9),
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
REQUESTS = st.builds(
    Request,
    operation=st.sampled_from(Operation),
    prompt=TEXT,
    model=st.sampled_from(["uni-1", "uni-1-max"]),
    aspect=st.none() | st.sampled_from(sorted(ASPECTS)),
    size=st.none() | st.sampled_from(sorted(ASPECTS.values())),
    source=st.none() | REFERENCES,
    references=st.lists(REFERENCES, max_size=3).map(tuple),
    keep=st.lists(TEXT, max_size=3).map(tuple),
    style=st.none() | st.sampled_from(["auto", "manga"]),
    search=st.booleans(),
    seed=st.none() | st.integers(0, 2**63 - 1),
    format=st.none() | st.sampled_from(["png", "jpeg", "webp"]),
    quality=st.none() | st.integers(20, 99),
    ttl=st.none() | st.integers(60, 10**9),
    extra=st.dictionaries(TEXT, JSON, max_size=3),
)


@given(REQUESTS)
def test_a_request_survives_the_ledger_and_the_sidecar(request: Request) -> None:
    assert codec.request_from(json.loads(codec.dumps(request))) == request


@given(REQUESTS, st.dictionaries(TEXT, JSON, max_size=2))
def test_members_of_a_newer_version_are_passed_over(request: Request, more: dict[str, Any]) -> None:
    values = {**{f"new {name}": value for name, value in more.items()}, **codec.plain(request)}

    assert codec.request_from(values) == request


@given(REQUESTS, TEXT)
def test_where_an_input_lies_is_no_part_of_what_is_asked(request: Request, elsewhere: str) -> None:
    moved = tuple(replace(r, path=elsewhere, source=elsewhere) if r.sha256 else r for r in request.references)

    assert codec.identity(replace(request, references=moved)) == codec.identity(request)


@given(st.text(max_size=6100))
def test_a_prompt_is_kept_as_it_is_or_refused(text: str) -> None:
    try:
        found = checked_prompt(text)
    except Usage:
        assert not text.strip() or len(text.strip()) > 6000
    else:
        assert found == text.strip()


@given(st.binary(max_size=200))
def test_any_bytes_on_stdin_are_text_or_refused(data: bytes) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(data))
    try:
        found = read_prompt(Wishes(prompt="-"), stdin).prompt
    except Usage:
        with pytest.raises(UnicodeDecodeError):
            data.decode()
    else:
        assert found == data.decode("utf-8-sig")


@given(st.lists(TEXT, min_size=1, max_size=4), TEXT)
def test_every_keep_is_in_the_closing_sentence(keeps: list[str], prompt: str) -> None:
    source = Reference("x", path="x", sha256="0" * 64)
    request = Request(Operation.EDIT, prompt.strip(), source=source, keep=tuple(k.strip() for k in keeps))

    text = compose(request)

    assert text.startswith(prompt.strip())
    assert text.endswith(" unchanged.")
    assert all(keep.strip().rstrip(".") in text for keep in keeps)


@given(st.lists(st.sampled_from([None, *Role]), min_size=1, max_size=9))
def test_pictures_are_counted_in_the_order_of_the_flags(roles: list[Role | None]) -> None:
    inputs = tuple(Reference("x", role=role, path="x") for role in roles)

    lines = compose(Request(Operation.GENERATE, "a fox", references=inputs)).split("\n")[1:]

    numbers = [n for n, role in enumerate(roles, 1) if role]
    assert lines == [f"Use IMAGE{n} as a {str(roles[n - 1]).upper()} reference." for n in numbers]


@given(st.text(max_size=80))
def test_any_reference_is_loaded_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    refused = None
    try:
        references(folder).one(text)
    except UniError as error:
        refused = error
    assert refused is None or (refused.exit == 2 and refused.message)


@given(st.text(min_size=1, max_size=20).filter(lambda key: "=" not in key and bool(key.strip())), JSON)
def test_a_raw_field_is_json_where_it_is_json(key: str, value: Any) -> None:
    assert raw_fields((f"{key}={json.dumps(value)}",)) == {key.strip(): value}


@given(st.text(max_size=40))
def test_a_raw_field_is_text_elsewhere(value: str) -> None:
    found = raw_fields((f"key={value}",))["key"]

    try:
        # What only Python takes for JSON, such as NaN, is text.
        assert found == json.loads(value, parse_constant=lambda name: name)
    except ValueError:
        assert found == value


@pytest.mark.parametrize("size", ["2048x2048", "2048X2048", "2048×2048"])
def test_a_size_may_be_written_in_three_ways(size: str, tmp_path: Path) -> None:
    request = build(Wishes(prompt="x", size=size), edit=False, base=None, references=references(tmp_path))

    assert request.size == (2048, 2048)


def test_what_is_said_anew_stands_above_what_was(tmp_path: Path) -> None:
    base = Request(Operation.GENERATE, "a fox", aspect="3:2", style="manga", seed=4, extra={"a": 1, "b": 2})
    wishes = Wishes(size="2048x2048", seed=5, set=("b=3",))

    request = build(wishes, edit=False, base=base, references=references(tmp_path))

    assert (request.prompt, request.style, request.seed) == ("a fox", "manga", 5)
    assert (request.aspect, request.size) == (None, (2048, 2048))
    assert request.extra == {"a": 1, "b": 3}


# --- orders ------------------------------------------------------------------------------------------------------


def drafted(prompt: str, *, price: str | None) -> planning.Draft:
    painter = Local(Access(Transport(), "", None, Service()))
    made = planning.draft(painter, "", Request(Operation.GENERATE, prompt), Target("x", "/"))
    return replace(made, price=None if price is None else Decimal(price))


def test_each_picture_is_a_job_with_ids_of_its_own() -> None:
    order = planning.order([[drafted("a", price="1")], [drafted("b", price="2")]], now=5.0, once="k")

    first, second = order.jobs
    assert first.id != second.id
    assert first.token != second.token
    assert first.run == second.run
    assert [job.estimate for job in order.jobs] == [1, 2]
    assert {job.once for job in order.jobs} == {"k"}


def test_a_list_reserves_its_dearest_and_keeps_one_id() -> None:
    order = planning.order([[drafted("a", price="1"), drafted("a", price=None), drafted("a", price="3")]], now=5.0)

    (job,) = order.jobs
    assert job.estimate == 3
    assert [other.id for other in order.alternatives[job.id]] == [job.id, job.id]


@given(st.lists(st.decimals(0, 5, places=4), max_size=8), st.decimals(0, 20, places=2))
def test_a_cap_is_a_cap(estimates: list[Decimal], limit: Decimal) -> None:
    refused = None
    try:
        planning.check_cost(estimates, limit)
    except UniError as error:
        refused = error
    assert (sum(estimates, Decimal(0)) > limit) is (refused is not None)
    assert refused is None or refused.exit == 6


def test_an_unknown_price_cannot_be_capped() -> None:
    planning.check_cost([None], None)
    with pytest.raises(UniError, match="not known"):
        planning.check_cost([Decimal(1), None], Decimal(100))


@given(st.text(max_size=30))
def test_an_amount_is_read_or_refused(text: str) -> None:
    try:
        amount = planning.money("--max-cost", text)
    except Usage:
        return
    assert amount is not None
    assert amount.is_finite()
    assert amount >= 0
