"""The Databricks job, validated without a workspace: its form, its order, its pipelines, its parameters."""

from __future__ import annotations

import operator
import re
from typing import Any

import pytest
import yaml
from databricks.bundles.alerts import Alert, AlertEvaluationState
from databricks.bundles.jobs import Job

from ees_analytics.cli import run
from ees_analytics.cli.package import RUNTIME_LOCK, copy_lock
from ees_analytics.contracts import operational_tables
from ees_analytics.lake.engine import spark_session
from ees_analytics.pipeline_registry import register_pipelines
from tests.conftest import PROJECT

BUNDLE = yaml.safe_load((PROJECT / "databricks.yml").read_text())
JOB: dict[str, Any] = yaml.safe_load((PROJECT / "resources/ees_analytics.job.yml").read_text())["resources"][
    "jobs"
]["ees_analytics"]
ALERTS: dict[str, Any] = yaml.safe_load((PROJECT / "resources/ees_analytics.alerts.yml").read_text())[
    "targets"
]["prod"]["resources"]["alerts"]
TASKS = {task["task_key"]: task for task in JOB["tasks"]}
WHEELS = {key: task for key, task in TASKS.items() if "python_wheel_task" in task}
PIPELINES = register_pipelines()
SOURCES = {"ingest_ga4", "ingest_search_console", "ingest_website", "ingest_logs"}


def upstream(task: dict[str, Any]) -> set[str]:
    return {item["task_key"] for item in task.get("depends_on", [])}


def unknown_tasks(tasks: dict[str, dict[str, Any]]) -> set[str]:
    """Tasks that another one waits for and that do not exist."""
    return set().union(*map(upstream, tasks.values())) - set(tasks)


def given(task: dict[str, Any]) -> dict[str, Any]:
    """What the program makes of a task's parameters; refused options raise."""
    arguments = [
        re.sub(r"\{\{job\.parameters\.(\w+)\}\}", r"value-of-\1", text)
        for text in task["python_wheel_task"]["parameters"]
    ]
    arguments = [
        f"--conf-source={PROJECT / 'conf'}" if text.startswith("--conf-source") else text
        for text in arguments
    ]
    return run.make_context("run", arguments).params


def known_parameters() -> set[str]:
    """The runtime parameters that some conf file asks for."""
    text = "".join(path.read_text() for path in (PROJECT / "conf").rglob("*.yml"))
    return set(re.findall(r"\$\{runtime_params:(\w+)", text))


def test_databricks_accepts_the_form_of_the_job():
    job = Job.from_dict(JOB)
    assert len(job.tasks) == len(TASKS)


def test_that_check_can_fail():
    with pytest.raises((TypeError, ValueError, KeyError)):
        Job.from_dict({**JOB, "max_concurent_runs": 1})


def test_every_task_that_is_waited_for_exists():
    assert unknown_tasks(TASKS) == set()
    assert unknown_tasks({"a": {"depends_on": [{"task_key": "nobody"}]}}) == {"nobody"}


def test_sources_then_tables_then_the_word_to_the_dashboard():
    assert all(not upstream(TASKS[source]) for source in SOURCES)
    assert upstream(TASKS["reporting"]) == SOURCES
    assert TASKS["reporting"]["run_if"] == "ALL_DONE"
    assert upstream(TASKS["publish"]) == {*SOURCES, "reporting"}
    assert TASKS["publish"]["run_if"] == "ALL_SUCCESS"
    assert upstream(TASKS["backup"]) == SOURCES


def test_operational_tables_never_hold_back_the_dashboard():
    assert (upstream(TASKS["operational_tables"]), TASKS["operational_tables"]["run_if"]) == (
        {"publish"},
        "ALL_DONE",
    )
    operational = {f"app.{table}" for table in operational_tables()}
    assert not operational & PIPELINES["dashboard_tables"].all_outputs()
    made = PIPELINES["app_tables"].only_nodes_with_tags("operational").all_outputs()
    assert {name for name in made if name.startswith("app.")} == operational, (
        "the runner does not let publish wait for them"
    )


@pytest.mark.parametrize("key", WHEELS)
def test_the_program_accepts_every_parameter(key):
    options = given(WHEELS[key])
    assert options["env"] == "databricks"
    assert set(options["pipelines"]) <= set(PIPELINES)
    assert set(options["params"]) <= known_parameters()
    assert {value.removeprefix("value-of-") for value in options["params"].values()} == set(options["params"])
    assert set(options["params"]) == {parameter["name"] for parameter in JOB["parameters"]}


def test_that_an_unknown_option_is_refused():
    task = {"python_wheel_task": {"parameters": ["--pipeline-name=ingest"]}}
    with pytest.raises(Exception, match="No such option"):
        given(task)


def test_every_table_is_filled_by_some_task():
    scheduled = set().union(
        *(PIPELINES[given(task)["pipelines"][0]].all_outputs() for task in WHEELS.values())
    )
    assert {
        name for name in PIPELINES["__default__"].all_outputs() if name.startswith(("raw.", "app."))
    } <= scheduled


@pytest.mark.parametrize("key", WHEELS)
def test_every_step_has_retries_and_a_time_limit(key):
    assert {"max_retries", "timeout_seconds", "libraries"} <= set(WHEELS[key])
    assert WHEELS[key]["timeout_seconds"] <= JOB["timeout_seconds"]


def test_one_run_at_a_time_every_day_and_somebody_hears_of_trouble():
    assert (JOB["max_concurrent_runs"], JOB["queue"]) == (1, {"enabled": False})
    assert JOB["schedule"]["timezone_id"] == "Europe/London"
    assert {"on_failure", "on_duration_warning_threshold_exceeded"} == set(JOB["email_notifications"])
    assert JOB["health"]["rules"][0]["metric"] == "RUN_DURATION_SECONDS"


@pytest.mark.parametrize("key", ["no_run", "last_updated_late"])
def test_databricks_accepts_the_form_of_the_alerts(key):
    alert = Alert.from_dict(ALERTS[key])
    assert str(alert.evaluation.notification.subscriptions[0].user_email) == "${var.alerts}"
    assert alert.evaluation.empty_result_state == AlertEvaluationState.TRIGGERED, (
        "an empty table is no good news"
    )
    assert alert.schedule.timezone_id == JOB["schedule"]["timezone_id"]
    with pytest.raises((TypeError, ValueError)):
        Alert.from_dict({**ALERTS[key], "query": "SELECT 1"})


@pytest.mark.parametrize(
    ("key", "hours_ago", "is_alarm"),
    [
        ("no_run", 4, False),
        ("no_run", 28, True),
        ("no_run", None, True),
        ("last_updated_late", 27, False),
        ("last_updated_late", 51, True),
        ("last_updated_late", None, True),
    ],
)
def test_an_alert_goes_off_when_nothing_happened(key, hours_ago, is_alarm):
    """No run on the day; ``ees__last_updated`` more than a day late. At 10:00, as scheduled."""
    row = {
        "no_run": "'ingest_ga4' AS pipelines, {} AS started_at",
        "last_updated_late": "{} AS last_updated",
    }[key]
    moment = f"current_timestamp() - INTERVAL {hours_ago or 0} HOURS"
    rows = f"(SELECT {row.format(moment)} WHERE {'true' if hours_ago else 'false'})"
    query = re.sub(r"\$\{var\.catalog\}\.analytics_(raw|app)\.\w+", rows, ALERTS[key]["query_text"])
    evaluation = ALERTS[key]["evaluation"]
    compare = {"EQUAL": operator.eq, "GREATER_THAN": operator.gt}[evaluation["comparison_operator"]]
    found = [row[evaluation["source"]["name"]] for row in spark_session("sail").sql(query).collect()]
    threshold = evaluation["threshold"]["value"]["double_value"]
    assert all(compare(value, threshold) for value in found) is is_alarm, "no row: TRIGGERED"


def test_production_runs_as_a_service_principal_and_dev_writes_elsewhere():
    dev, prod = BUNDLE["targets"]["dev"], BUNDLE["targets"]["prod"]
    assert (dev["mode"], prod["mode"]) == ("development", "production")
    assert prod["run_as"] == {"service_principal_name": "${var.service_principal}"}
    assert prod["variables"]["catalog"] == "catalog_40_copper_statistics_services"
    for name in ("catalog", "work_root", "backup_root"):
        assert "catalog_40" not in dev["variables"][name]


@pytest.mark.parametrize("target", ["dev", "prod"])
def test_permissions_are_explicit_and_nobody_else_has_any(target):
    allowed = BUNDLE["targets"][target]["permissions"]
    assert {next(iter(entry.keys() - {"level"})): entry["level"] for entry in allowed} == (
        {"user_name": "CAN_MANAGE"}
        if target == "dev"
        else {"group_name": "CAN_MANAGE", "service_principal_name": "CAN_VIEW"}
    )
    for entry in allowed:
        Job.from_dict({**JOB, "permissions": [entry]})


def test_production_is_deployed_where_only_deployers_write():
    """Everybody in a workspace may write below /Workspace/Shared; the bundle's permissions do not hold there."""
    root = BUNDLE["targets"]["prod"]["workspace"]["root_path"]
    assert root.startswith("/Workspace/")
    assert not root.startswith(("/Workspace/Shared", "/Workspace/Users"))


def volume(path: str) -> str:
    return "/".join(path.split("/")[:5])


@pytest.mark.parametrize("target", ["dev", "prod"])
def test_what_the_job_writes_and_the_backup_have_volumes_of_their_own(target):
    variables = {name: variable.get("default") for name, variable in BUNDLE["variables"].items()}
    variables |= BUNDLE["targets"][target]["variables"]
    places = {parameter["name"]: parameter["default"] for parameter in JOB["parameters"]}
    written = [places[name] for name in ("landing_root", "reports_root", "backup_root")]
    found = [volume(re.sub(r"\$\{var\.(\w+)\}", lambda name: variables[name[1]], place)) for place in written]
    assert all(re.fullmatch(r"/Volumes/\w+/\w+/\w+", name) for name in found)
    assert found[0] == found[1]
    assert len({*found, volume(variables["api_logs_root"])}) == 3


def test_the_job_and_a_run_by_hand_write_to_the_same_places():
    conf = yaml.safe_load((PROJECT / "conf/databricks/globals.yml").read_text())
    conf |= yaml.safe_load((PROJECT / "conf/databricks/globals_reports.yml").read_text())
    variables = BUNDLE["targets"]["prod"]["variables"]
    assert conf["backup_root"] == variables["backup_root"]
    for name, folder in {
        "landing_root": "landing",
        "export_root": "exports",
        "reports_root": "reports",
    }.items():
        assert conf[name] == f"{variables['work_root']}/{folder}"


def test_every_variable_is_declared():
    text = yaml.safe_dump([BUNDLE, JOB, ALERTS])
    assert set(re.findall(r"\$\{var\.(\w+)\}", text)) == set(BUNDLE["variables"])


def test_only_what_the_job_reads_is_uploaded(tmp_path):
    """Beside the wheel, which is an artifact. `paths: []` selects nothing of the repository."""
    assert BUNDLE["sync"]["paths"] == []
    assert BUNDLE["sync"]["include"] == ["dist/conf-ees_analytics.tar.gz", "dist/requirements.txt"]
    (tmp_path / "dist").mkdir()
    (tmp_path / RUNTIME_LOCK).write_text("lock")
    assert copy_lock(tmp_path).relative_to(tmp_path).as_posix() == BUNDLE["sync"]["include"][1]


@pytest.mark.parametrize("key", WHEELS)
def test_every_task_installs_the_lock_before_the_wheel(key):
    assert WHEELS[key]["libraries"] == [
        {"requirements": "${workspace.file_path}/dist/requirements.txt"},
        {"whl": "../dist/*.whl"},
    ]


def test_the_archive_that_is_deployed_is_the_one_that_is_read():
    for task in WHEELS.values():
        assert (
            "--conf-source=${workspace.file_path}/dist/conf-ees_analytics.tar.gz"
            in task["python_wheel_task"]["parameters"]
        )


def test_no_key_is_in_the_bundle():
    text = (PROJECT / "databricks.yml").read_text() + yaml.safe_dump(JOB)
    assert "PRIVATE KEY" not in text
    assert BUNDLE["variables"]["google_key"]["default"].startswith("secret:")
