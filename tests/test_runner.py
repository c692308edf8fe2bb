"""The runner finishes what is independent, then fails and names all failures."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline, node
from kedro.pipeline.node import Node
from kedro.validation.exceptions import DataValidationError

from ees_analytics.contracts.contract import ContractError
from ees_analytics.runner import IndependentRunner, RunFailed, diagnose_failures_with, reason_of
from ees_analytics.transforms.unclassified import TooMuchUnclassified


def run(pipeline: Pipeline, runner: IndependentRunner | None = None, **inputs: object) -> DataCatalog:
    catalog = DataCatalog({name: MemoryDataset(value) for name, value in inputs.items()})
    for name in pipeline.all_outputs():
        catalog[name] = MemoryDataset()
    (runner or IndependentRunner()).run(pipeline, catalog, _create_hook_manager())
    return catalog


def reporting(*steps: Node) -> Pipeline:
    """Steps that compute tables."""
    return Pipeline([*steps], namespace="reporting.theme", prefix_datasets_with_namespace=False)


def fail(_: object) -> object:
    raise ValueError("the third row is odd")


def same(value: object) -> object:
    return value


def test_runs_a_pipeline_in_order():
    catalog = run(Pipeline([node(same, "b", "c", name="two"), node(same, "a", "b", name="one")]), a=1)
    assert catalog.load("c") == 1


def test_finishes_the_independent_and_names_every_failure():
    finished = []
    steps = [
        node(fail, "a", "b", name="first"),
        node(same, "b", "c", name="behind_first"),
        node(fail, "a", "d", name="second"),
        node(lambda value: finished.append(value) or value, "a", "e", name="independent"),
    ]
    with pytest.raises(RunFailed) as caught:
        run(Pipeline(steps), a=1)
    assert finished == [1]
    assert set(caught.value.failures) == {"first", "second"}
    assert caught.value.skipped == ["behind_first"]
    assert "✗ first, second: the third row is odd" in str(caught.value)
    assert "Not run because of that: behind_first" in str(caught.value)


def test_a_failure_has_its_cause_wherever_it_was():
    """A refused connection, say, because the engine ended: also where a dataset failed and not the step."""

    class Unwritable(MemoryDataset):
        def _save(self, data: object) -> None:
            raise ConnectionRefusedError

    def diagnose(error: Exception) -> None:
        raise ValueError("the engine ended")

    catalog = DataCatalog({"a": MemoryDataset(1), "b": Unwritable(), "c": MemoryDataset()})
    diagnose_failures_with(diagnose)
    try:
        with pytest.raises(RunFailed, match="✗ one, two: the engine ended") as caught:
            steps = [node(same, "a", "b", name="one"), node(fail, "a", "c", name="two")]
            IndependentRunner().run(Pipeline(steps), catalog, _create_hook_manager())
    finally:
        diagnose_failures_with(lambda error: None)
    assert "the third row is odd" in str(caught.value.failures["two"].__cause__)


class Busy:
    """Steps that all stay busy until another step, ``end``, has seen so many of them at once."""

    def __init__(self, at_once: int) -> None:
        self.most, self._at_once, self._running = 0, at_once, 0
        self._changed, self._ended = threading.Condition(), threading.Event()

    def work(self, value: object) -> object:
        with self._changed:
            self._running += 1
            self.most = max(self.most, self._running)
            self._changed.notify_all()
        assert self._ended.wait(20)
        with self._changed:
            self._running -= 1
        return value

    def end(self, value: object) -> object:
        with self._changed:
            assert self._changed.wait_for(lambda: self._running == self._at_once, 20)
        self._ended.set()
        return value


@pytest.mark.parametrize(("cores", "at_once"), [(1, 1), (2, 2), (4, 4), (8, 4), (None, 1)])
def test_as_many_steps_compute_tables_as_there_are_cores(monkeypatch, cores, at_once):
    """Each may hold millions of rows; steps that wait for a source do not wait for them."""
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    tables = Busy(at_once)
    computed = reporting(*(node(tables.work, "a", f"b{n}", name=f"table{n}") for n in range(5)))
    last = node(same, "b4", "d", name="summary", tags=["last"])
    catalog = run(computed + Pipeline([node(tables.end, "a", "c", name="source"), last]), a=1)
    assert [catalog.load(name) for name in ("b0", "c", "d")] == [1, 1, 1]
    assert tables.most == at_once


def test_steps_that_compute_tables_do_not_wait_for_sources(monkeypatch):
    """At most four sources are read at once, and they do not fill the threads of other steps."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    sources = Busy(4)
    steps = [node(same, "a", "ready", name="first")]
    steps += [node(sources.work, "a", f"s{n}", name=f"source{n}") for n in range(6)]
    run(Pipeline(steps) + reporting(node(sources.end, "ready", "b", name="table")), a=1)
    assert sources.most == 4


@pytest.mark.parametrize(("cores", "max_workers"), [(1, None), (8, 1)])
def test_the_step_with_the_longest_chain_of_dependent_steps_starts_first(monkeypatch, cores, max_workers):
    """Otherwise cores are idle at the end, while the last steps run one after another."""
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    order: list[str] = []

    def record(name: str) -> Callable[[object], object]:
        return lambda value: order.append(name) or value

    def step(name: str, reads: str) -> Node:
        return node(record(name), reads, name, name=name)

    leaves = [step(f"leaf{n}", "c0") for n in range(4)]
    wide = [step("a", "c0"), *(step(f"a{n}", "a") for n in range(3))]
    chain = [step(f"c{n + 1}", f"c{n}") for n in range(3)]
    run(reporting(*leaves, *wide, *chain), IndependentRunner(max_workers), c0=1)
    assert order == ["c1", "a", "c2", "leaf0", "leaf1", "leaf2", "leaf3", "a0", "a1", "a2", "c3"]


def test_a_dataset_is_released_when_its_last_reader_has_run():
    """A held frame of millions of rows must not live until the end of the run."""
    released: list[str] = []

    class Held(MemoryDataset):
        def __init__(self, name: str) -> None:
            super().__init__()
            self._name = name

        def _release(self) -> None:
            released.append(self._name)
            super()._release()

    steps = [
        node(same, "a", "b", name="first"),
        node(same, "b", "c", name="reader"),
        node(fail, "b", "d", name="failing_reader"),
        node(lambda _: tuple(released), "c", "seen", name="after_the_readers"),
    ]
    catalog = DataCatalog({"a": MemoryDataset(1), **{name: Held(name) for name in "bcd"}})
    catalog["seen"] = MemoryDataset()
    with pytest.raises(RunFailed):
        IndependentRunner(max_workers=1).run(Pipeline(steps), catalog, _create_hook_manager())
    assert released == ["b", "c"]
    assert catalog.load("a") == 1, "an input of the whole pipeline stays"


def test_the_last_runs_after_everything_else():
    order: list[str] = []
    slow = threading.Event()

    def wait(value: object) -> object:
        slow.wait(0.2)
        order.append("slow")
        return value

    steps = [
        node(wait, "a", "b", name="slow"),
        node(lambda value: order.append("last") or value, "a", "c", name="last", tags=["last"]),
    ]
    run(Pipeline(steps), a=1)
    assert order == ["slow", "last"]


def test_the_last_is_skipped_after_a_failure():
    ran = []
    steps = [
        node(fail, "a", "b", name="first"),
        node(lambda value: ran.append(value) or value, "a", "c", name="last", tags=["last"]),
    ]
    with pytest.raises(RunFailed) as caught:
        run(Pipeline(steps), a=1)
    assert ran == []
    assert caught.value.skipped == ["last"]


def test_the_last_does_not_wait_for_operational_tables():
    ran = []
    steps = [
        node(fail, "a", "b", name="operational", tags=["operational"]),
        node(lambda value: ran.append(value) or value, "a", "c", name="last", tags=["last"]),
    ]
    with pytest.raises(RunFailed) as caught:
        run(Pipeline(steps), a=1)
    assert ran == [1]
    assert caught.value.skipped == []
    assert set(caught.value.failures) == {"operational"}, "the run still fails"


def test_what_runs_finally_waits_for_everything_and_runs_after_a_failure():
    ran: list[str] = []
    steps = [
        node(lambda: ran.append("finally") or 1, None, "f", name="finally", tags=["operational", "finally"]),
        node(fail, "a", "b", name="first"),
        node(same, "b", "c", name="behind_first"),
        node(lambda value: ran.append("slow") or value, "a", "d", name="slow"),
        node(lambda value: ran.append("last") or value, "d", "e", name="last", tags=["last"]),
    ]
    with pytest.raises(RunFailed) as caught:
        run(Pipeline(steps), a=1)
    assert ran == ["slow", "finally"]
    assert caught.value.skipped == ["behind_first", "last"]
    ran.clear()
    run(Pipeline([steps[0], *steps[3:]]), a=1)
    assert ran == ["slow", "last", "finally"]


def test_what_runs_finally_can_fail():
    with pytest.raises(RunFailed) as caught:
        run(Pipeline([node(fail, "a", "b", name="final", tags=["finally"])]), a=1)
    assert (set(caught.value.failures), caught.value.skipped) == ({"final"}, [])


def test_a_stack_trace_is_cut_and_a_list_of_rules_to_paste_is_not():
    message = "\n".join(map(str, range(40)))
    assert reason_of(RuntimeError(message)).splitlines()[-1].strip() == "11"
    assert reason_of(TooMuchUnclassified(message)).splitlines()[-1].strip() == "39"


def test_what_a_contract_refuses_is_given_whole_and_without_class_names():
    refused = ContractError(f"ees_x: {'1 value(s) of a column below 0; ' * 40}")
    wrapped = DataValidationError(str(refused), dataset_name="app.ees_x", mode="save", validator="a.b.C")
    wrapped.__cause__ = refused
    assert reason_of(wrapped) == str(refused)


def test_a_reason_that_many_steps_share_is_given_once():
    failures = {
        f"step_{number}": RuntimeError(f"raw.table_{number}: no Java was found") for number in range(9)
    }
    other = {"last": ValueError("raw.x: the third row is odd")}
    message = str(RunFailed({**failures, **other}, [f"later_{number}" for number in range(8)]))
    assert message.count("no Java was found") == 1
    steps = "step_0, step_1, step_2, step_3, step_4, step_5 and 3 more"
    tables = ", ".join(f"raw.table_{number}" for number in range(6))
    assert f"  ✗ {steps}: {tables} and 3 more: no Java was found" in message
    assert "✗ last: raw.x: the third row is odd" in message
    assert "later_5 and 2 more." in message


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError) as caught:
        (tmp_path / "file" / "lake").mkdir()
    assert (
        reason_of(caught.value) == f"{tmp_path}/file is a file, but a folder is needed. Choose another path."
    )


def test_a_folder_that_cannot_be_written_says_what_to_look_at(tmp_path):
    assert reason_of(PermissionError(13, "Permission denied", "/mnt/lake")) == (
        "Permission denied: /mnt/lake. Check that the folder exists and that you can write to it; `kedro doctor` checks both."
    )


def test_a_reason_is_cut_on_the_terminal_and_whole_in_the_report():
    error = RuntimeError("raw.t: unknown columns: " + ", ".join(map(str, range(20_000))))
    message = RunFailed({"step": error}, []).message(300)
    assert len(message) < 600
    assert "The run report has the whole reason." in message
    assert len(reason_of(error)) == 20_000
    rules = TooMuchUnclassified(
        "too much:\n" + "\n".join(f"- {{equals: {'x' * 400}{number}}}" for number in range(20))
    )
    assert RunFailed({"step": rules}, []).message(300).count("x" * 400) == 20, "rules to paste are whole"


def test_a_reason_holds_no_secret_and_no_control_characters():
    assert reason_of(ValueError("\x1b[2J Bearer TOPSECRET\n✓ done")) == "\\x1b[2J Bearer [hidden]\n    ✓ done"


def test_a_damaged_file_that_the_engine_finds_late_has_its_remedy():
    error = RuntimeError(
        "Parquet argument error: Parquet error: Required field compressed_page_size is missing"
    )
    assert "`kedro doctor --deep` names it" in reason_of(error)


class Rows(MemoryDataset):
    column_names = ("date", "sessions")


def test_a_misspelt_column_is_named_with_the_table_that_has_a_near_one():
    """Also where the step before it made the rows: an engine looks for columns when rows are saved."""
    text = (
        'attribute ObjectName([Identifier("sesions")]) is missing from the schema: cannot resolve attribute'
    )

    def save(_: object) -> object:
        raise ValueError(text)

    steps = Pipeline([node(same, "raw.page", "rows", name="rows"), node(save, "rows", "app.x", name="x")])
    catalog = DataCatalog({"raw.page": Rows(1)})
    with pytest.raises(
        RunFailed, match=r"✗ x: There is no column `sesions` .*`sessions` is a column of raw.page"
    ):
        IndependentRunner().run(steps, catalog, _create_hook_manager())
