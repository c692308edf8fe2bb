"""Conf chooses the engine; nothing guesses. Each choice in a process of its own: one process holds one engine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pyarrow.parquet as pq
import pytest
from kedro.io import DatasetError
from pyspark.sql import functions as F

from ees_analytics.contracts import contract_named
from ees_analytics.lake import engine
from ees_analytics.lake.engine import Engine, spark_session
from ees_analytics.lake.storage import storage_for
from tests.rehearsal.metastore import write_spark_conf


def run(code: str, folder: Path, **environment: str) -> str:
    """Run Python in a fresh process; returns what it printed last, or the error's last line."""
    # Without what Sail, started by another test, has set for its own allocator.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MIMALLOC_")}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=folder,
        env={**inherited, "RUST_LOG": "error", **environment},
        capture_output=True,
        text=True,
        timeout=250,
    )
    return (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()[-1]


@pytest.mark.parametrize("name", ["sail", pytest.param("spark", marks=pytest.mark.spark)])
def test_an_engine_that_starts_in_a_thread_adds_no_variable(name, tmp_path):
    """Another thread that opens a Delta table meanwhile would crash the process."""
    code = f"""
        import os
        from ees_analytics.lake.engine import Engine, set_environment, spark_session
        set_environment(Engine("{name}"))
        before = set(os.environ)
        spark_session("{name}")
        print(sorted(set(os.environ) ^ before))
    """
    assert run(code, tmp_path) == "[]"


def test_there_are_four_engines_and_no_other():
    assert set(Engine) == {"sail", "spark", "session", "connect"}
    with pytest.raises(
        DatasetError, match="There is no engine `duckdb`: it is one of sail, spark, session, connect."
    ):
        spark_session("duckdb")


@pytest.fixture(scope="module")
def sail(tmp_path_factory) -> dict[str, str]:
    """What a process found that runs Sail without Java, behind an office's proxy, in another time zone."""
    code = """
        import gc, json, os, re, sys
        from pathlib import Path
        from kedro.io import DatasetError
        from ees_analytics.lake.engine import spark_session
        session = spark_session("sail")
        (row,) = session.sql("SELECT CAST(TIMESTAMP '2026-06-01 23:30:00Z' AS STRING) AS text").collect()
        status = Path("/proc/self/status")
        found = {
            "huge pages": re.findall(r"THP_enabled:\\s(.)", status.read_text()) if status.exists() else [],
            "session": f"{type(session).__module__} {session.range(3).count()}",
            "ipython": "IPython" in sys.modules,
            "same": str(spark_session("sail") is session),
            "no proxy": os.environ["no_grpc_proxy"],
            "time": f"{session.conf.get('spark.sql.session.timeZone')} {row.text}",
        }
        try:
            spark_session("session")
        except DatasetError as error:
            found["another"] = str(error)
        del session, row, spark_session
        for name in [name for name in sys.modules if name.startswith("ees_analytics")]:
            del sys.modules[name]
        gc.collect()
        from ees_analytics.lake.engine import spark_session
        found["reloaded"] = str(spark_session("sail").range(3).count())
        print(json.dumps(found))
        """
    proxy = {
        "https_proxy": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "no_proxy": "intranet",
        "no_grpc_proxy": "",
    }
    folder = tmp_path_factory.mktemp("sail")
    return json.loads(run(code, folder, JAVA_HOME="/nowhere", TZ="America/New_York", **proxy))


def test_sail_runs_in_this_process_without_java(sail):
    assert (sail["session"], sail["same"]) == ("pyspark.sql.connect.session 3", "True")


def test_sail_takes_no_huge_pages_which_the_kernel_clears_whole(sail):
    """Linux tells whether it would give this process 2 MB at once; other systems do not."""
    assert sail["huge pages"] in (["0"], [])


@pytest.mark.skipif(find_spec("IPython") is None, reason="IPython is not installed")
def test_sail_starts_without_ipython_where_it_is_installed(sail):
    """PySpark would import it, which takes longer than starting the session."""
    assert not sail["ipython"]


def test_sail_is_reached_without_the_proxy(sail):
    """Where no exception for this machine is set, gRPC would send the engine's questions to the proxy."""
    assert sail["no proxy"] == "intranet,127.0.0.1"


def test_sail_computes_in_utc_wherever_it_runs(sail):
    assert sail["time"] == "UTC 2026-06-01 23:30:00"


def test_sail_starts_again_where_a_notebook_reloads_the_project(sail):
    """`%reload_kedro` imports the project's modules anew; the server of the old ones has ended."""
    assert sail["reloaded"] == "3"


def test_a_second_engine_in_one_process_is_refused(sail):
    assert "already runs the engine sail; one process holds one engine" in sail["another"]


def test_repeated_text_is_stored_once(spark, tmp_path):
    """6 MB of distinct labels, ten rows each, do not take 60 MB. Sail writes four files."""
    number = F.floor(F.col("id") / 10).cast("string")
    titles = spark.range(300_000).select(F.lpad(number, 200, "0").alias("title")).coalesce(1)

    titles.write.parquet(str(tmp_path / "titles"))

    files = [pq.read_metadata(file) for file in (tmp_path / "titles").glob("*.parquet")]
    assert sum(file.num_rows for file in files) == 300_000
    assert sum(file.row_group(0).total_byte_size for file in files) < 8_000_000


@pytest.mark.spark
def test_spark_sends_no_defaults_of_hadoop_with_each_query(tmp_path):
    code = """
        from ees_analytics.lake.engine import spark_session
        session = spark_session("spark")
        session.range(1).write.parquet("rows")  # loads the classes that add defaults
        settings = session.sparkContext._jsc.hadoopConfiguration()
        print(*[str(setting).partition("=")[0] for setting in settings.iterator()])
        """
    names = set(run(code, tmp_path).split())

    assert {"fs.file.impl", "parquet.dictionary.page.size", "io.file.buffer.size"} <= names
    assert len(names) < 20, names


@pytest.mark.spark
def test_spark_keeps_the_settings_of_a_session_that_was_there(tmp_path):
    code = """
        from pyspark.sql import SparkSession
        from ees_analytics.lake.engine import spark_session
        theirs = SparkSession.builder.master("local[1]").getOrCreate().sparkContext._jsc.hadoopConfiguration()
        theirs.set("fs.own.key", "kept")
        print(spark_session("spark").sparkContext._jsc.hadoopConfiguration().get("fs.own.key"))
        """
    assert run(code, tmp_path) == "kept"


def test_text_is_lowered_as_in_python(spark):
    text = "ÀÉ Ώ ΑΣ İ ẞ Ǆ"

    assert spark.sql(f"SELECT lower('{text}') AS lowered").first()["lowered"] == text.lower()


@pytest.mark.spark
def test_spark_reads_its_own_configuration(tmp_path):
    """So table names can outlive the process: see tests/rehearsal/metastore.py."""
    code = """
        from ees_analytics.lake.engine import spark_session
        session = spark_session("spark")
        session.sql("CREATE SCHEMA IF NOT EXISTS spark_catalog.analytics_raw")
        session.sql("CREATE TABLE IF NOT EXISTS spark_catalog.analytics_raw.t (n INT) USING delta")
        session.sql("INSERT INTO spark_catalog.analytics_raw.t VALUES (1)")
        print(type(session).__module__, session.table("spark_catalog.analytics_raw.t").count())
        """
    conf = write_spark_conf(tmp_path, tmp_path / "lake")
    assert run(code, tmp_path, SPARK_CONF_DIR=str(conf)) == "pyspark.sql.session 1"
    assert run(code, tmp_path, SPARK_CONF_DIR=str(conf)) == "pyspark.sql.session 2"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lake", "spark-conf"], (
        "nothing is left in the folder where the command was run"
    )


def test_spark_without_java_names_the_remedy(tmp_path):
    code = 'from ees_analytics.lake.engine import spark_session; spark_session("spark")'
    python = Path(sys.executable).parent
    message = run(code, tmp_path, PATH=str(python), JAVA_HOME="")
    assert "needs Java 17" in message
    assert "engine=sail" in message


def test_a_java_that_does_not_start_is_quoted(tmp_path):
    java = tmp_path / "java" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\necho 'Unrecognized option: -XX' >&2\nexit 1\n")
    java.chmod(0o755)
    code = 'from ees_analytics.lake.engine import spark_session; spark_session("spark")'
    message = run(code, tmp_path, JAVA_HOME=str(java.parents[1]))
    assert "engine spark could not start" in message
    assert " | Unrecognized option: -XX" in message


@pytest.mark.spark
def test_the_output_of_the_jvm_is_not_shown(tmp_path):
    code = 'from ees_analytics.lake.engine import spark_session; spark_session("spark").range(3).count()'
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=110
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_where_nobody_made_a_session_none_is_started(tmp_path):
    code = """
        import os
        for name in ("DATABRICKS_RUNTIME_VERSION", "PYSPARK_GATEWAY_PORT", "SPARK_CONNECT_MODE_ENABLED"):
            os.environ.pop(name, None)
        from ees_analytics.lake.engine import spark_session
        spark_session("session")
        """
    message = run(code, tmp_path)
    assert "There is no Spark session here. Run this on the cluster" in message
    assert "engine=connect" in message


def test_session_is_the_one_that_the_caller_made_last(tmp_path):
    code = """
        from pysail.spark import SparkConnectServer
        from pyspark.sql import SparkSession
        from ees_analytics.lake.engine import spark_session
        server = SparkConnectServer("127.0.0.1", 0)
        server.start(background=True)
        made = []
        for _ in range(2):
            made.append(SparkSession.builder.remote(f"sc://127.0.0.1:{server.listening_address[1]}").getOrCreate())
            assert spark_session("session") is made[-1]
            print(spark_session("session").range(3).count())
            made[-1].stop()
        print(made[0] is not made[1])
        """
    assert run(code, tmp_path) == "True"


def test_connect_uses_databricks_connect(tmp_path):
    """As far as it goes without a workspace: a package of that name is asked for its session, and nothing else."""
    package = tmp_path / "databricks" / "connect"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "class DatabricksSession:\n    class builder:\n        getOrCreate = staticmethod(lambda: 'of the workspace')\n"
    )
    code = """
        import sys
        from ees_analytics.lake.engine import spark_session
        sys.modules.pop("databricks", None)
        sys.path.insert(0, ".")
        print(spark_session("connect"))
        """
    assert run(code, tmp_path) == "of the workspace"


def test_connect_without_the_package_names_the_remedy(tmp_path):
    code = 'from ees_analytics.lake.engine import spark_session; spark_session("connect")'
    assert "needs the package `databricks-connect`" in run(code, tmp_path)


class Session:
    """A session whose JVM is a process of any kind."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.sparkContext = SimpleNamespace(_gateway=SimpleNamespace(proc=process))


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("exit 3", "ended with code 3. With"),
        ("kill -9 $$", "ended with code -9 (killed: the machine may have run out"),
    ],
)
def test_a_jvm_that_ended_is_named_with_its_last_words_and_the_advice(end, words, monkeypatch):
    """Not a refused connection, which is all that a query of it reports."""
    with tempfile.TemporaryFile() as output:
        command = [
            "sh",
            "-c",
            f"echo '26/01/01 09:00:00 WARN NativeCodeLoader: x'; echo 'java.lang.OutOfMemoryError: Java heap space'; {end}",
        ]
        process = subprocess.Popen(command, stdout=output)
        monkeypatch.setattr(engine, "_sessions", {Engine.SPARK: Session(process)})
        monkeypatch.setattr(engine, "_jvm_output", output)
        failure = DatasetError("Failed while saving data")
        failure.__cause__ = ConnectionRefusedError()
        with pytest.raises(DatasetError, match=re.escape(words)) as found:
            engine.refuse_ended_engine(failure)
    for part in (
        "last words: java.lang.OutOfMemoryError: Java heap space",
        "spark_driver_memory",
        "engine=sail",
    ):
        assert part in str(found.value)


def test_a_table_is_not_waited_for_when_the_jvm_ended(monkeypatch, tmp_path):
    """A table that cannot be created may be another writer's, for which a step waits half a minute."""
    with subprocess.Popen(["false"]) as process:
        session = Session(process)
        session.sql = mock.Mock(side_effect=ConnectionRefusedError)
        monkeypatch.setattr(engine, "_sessions", {Engine.SPARK: session})
        contract = contract_named("ees_ga4_hourly")
        with pytest.raises(DatasetError, match="Spark's JVM ended with code 1"):
            storage_for(contract, "spark", str(tmp_path)).create(contract)
    session.sql.assert_called_once()


def test_a_jvm_that_runs_is_not_refused(monkeypatch):
    with subprocess.Popen(["sleep", "60"]) as process:
        monkeypatch.setattr(engine, "_sessions", {Engine.SPARK: Session(process)})
        engine.refuse_ended_engine()
        process.kill()
