"""The Spark session of each engine: the only place that makes one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from enum import StrEnum
from typing import IO, cast

from kedro.io.core import DatasetError
from pyspark.errors import PySparkRuntimeError
from pyspark.sql import SparkSession
from pyspark.sql.utils import is_remote

from ees_analytics.console.text import did_you_mean
from ees_analytics.contracts.arrow import set_arrow_collector
from ees_analytics.lake import collecting as by_files
from ees_analytics.lake.project_folder import in_project

_lock = threading.Lock()
_open: dict[Engine, SparkSession] = {}
_kept: list[object] = []
"""Embedded servers: one that nothing refers to shuts down at once."""


class Engine(StrEnum):
    """What runs the DataFrames; conf decides (``engine``), nothing guesses."""

    SAIL = "sail"
    """Embedded in this process: Python only, no Java."""
    SPARK = "spark"
    """JVM Spark with delta-spark on this machine: Java 17 and Delta's jars from Maven Central."""
    SESSION = "session"
    """The session that the caller made: a Databricks cluster's, say."""
    CONNECT = "connect"
    """Databricks Connect, configured by its own environment variables or profile."""

    @classmethod
    def _missing_(cls, value: object) -> Engine:
        hint = did_you_mean(str(value), list(cls), most=1)
        raise DatasetError(f"There is no engine `{value}`: it is one of {', '.join(cls)}. {hint}".rstrip())


def spark_session(engine: str, catalog: str | None = None, lake_root: str | None = None) -> SparkSession:
    """The session of an engine; made at the first call, the same one afterwards (``session``: the caller's present one).

    Args:
        engine: One of ``sail``, ``spark``, ``session``, ``connect``.
        catalog: With ``sail``, the name of the memory catalogue for tables with three-level names. With ``spark``,
            tables have names that outlive the process: they are kept in a metastore on this machine.
        lake_root: With ``spark`` and a catalogue, the folder of that metastore and of the tables that it manages;
            without one, Spark's own: ``metastore_db`` and ``spark-warehouse`` where the command was run.

    Raises:
        DatasetError: The engine is unknown, cannot start here, or another one runs in this process already.
    """
    wanted = Engine(engine)
    with _lock:
        others = _open.keys() - {wanted}
        if others:
            raise DatasetError(
                f"This process already runs the engine {', '.join(others)}; one process holds one engine. "
                f"Run engine={wanted} in a new process."
            )
        if wanted not in _open or wanted is Engine.SESSION:  # the caller may have made another one since
            _open[wanted] = _START[wanted](catalog, lake_root)
        return _open[wanted]


def _start_sail(catalog: str | None, _lake_root: str | None) -> SparkSession:
    # An idle Sail session dies after 15 minutes by default; 0 would kill it at once.
    os.environ.setdefault("SAIL_SPARK__SESSION_TIMEOUT_SECS", "86400")
    os.environ.setdefault("RUST_LOG", "error")
    # Sail keeps a join's left side in memory and swaps the sides by guessed sizes: it then held the events, not the
    # look-up. Without swaps the node decides (transforms.joins).
    os.environ.setdefault("SAIL_OPTIMIZER__ENABLE_JOIN_SWAP", "false")
    # The runner has four steps under way at once, each with its share of the cores: a query that is cut in fewer
    # parts moves fewer rows about.
    os.environ.setdefault("SAIL_EXECUTION__DEFAULT_PARALLELISM", str(max(1, (os.cpu_count() or 1) // 4)))
    names = ["sail", *([catalog] if catalog else [])]
    listed = ", ".join(f'{{name="{name}", type="memory", initial_database=["default"]}}' for name in names)
    os.environ["SAIL_CATALOG__LIST"] = f"[{listed}]"
    os.environ["SAIL_CATALOG__DEFAULT_CATALOG"] = '"sail"'
    try:
        from pysail.spark import SparkConnectServer
    except ImportError as error:
        raise DatasetError('The engine sail needs the extra `local`: pip install -e ".[local]".') from error
    _avoid_the_proxy()
    server = SparkConnectServer("127.0.0.1", 0)
    _kept.append(server)
    server.start(background=True)
    _, port = server.listening_address
    os.environ["SPARK_REMOTE"] = f"sc://127.0.0.1:{port}"
    session = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).getOrCreate()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    _outlive_an_interrupt()
    set_arrow_collector(by_files.collect)
    return session


def _outlive_an_interrupt() -> None:
    """Keep Ctrl+C from the server: it would end, and every later question of a notebook would wait for ten minutes.

    Only the main thread may say so: an engine that a step of a run has started, in another thread, ends with it.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is threading.main_thread() and handler is not None:
        signal.signal(signal.SIGINT, handler)


_NO_PROXY = ("no_grpc_proxy", "no_proxy", "NO_PROXY")
"""Where gRPC looks for the addresses that no proxy is used for: the first that is set counts alone."""


def _avoid_the_proxy() -> None:
    """Keep gRPC from it: it would send even this machine's own traffic through a proxy that the network prescribes."""
    exceptions = next((os.environ[name] for name in _NO_PROXY if os.environ.get(name)), None)
    os.environ[_NO_PROXY[0]] = ",".join([*([exceptions] if exceptions else []), "127.0.0.1"])


def _start_spark(catalog: str | None, lake_root: str | None) -> SparkSession:
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise DatasetError(
            "The engine spark needs Java 17, and no `java` was found. Install a Java 17 runtime "
            "(for example `apt install openjdk-17-jre-headless`) or use engine=sail, which needs none."
        )
    from delta import configure_spark_with_delta_pip

    os.environ.pop("SPARK_REMOTE", None)
    builder = SparkSession.builder.master("local[2]").appName("ees-analytics")
    for key, value in {**_LOCAL_SPARK, **(_metastore(lake_root) if catalog else {})}.items():
        builder = builder.config(key, value)
    with tempfile.TemporaryFile() as said:
        try:
            _start_jvm(configure_spark_with_delta_pip(builder), said)
            session = builder.getOrCreate()
            session.sparkContext.setLogLevel("OFF")  # failures reach Python as exceptions
            return session
        except Exception as error:
            said.seek(0)
            last = said.read().decode(errors="replace").strip().splitlines()[-_LINES:]
            raise DatasetError(
                "The engine spark could not start. It needs Java 17 and, the first time, Maven Central for Delta's "
                "jars (io.delta:delta-spark_2.13). Use engine=sail where you have neither. "
                f"Spark said: {' | '.join([str(error), *last])}"
            ) from error


_LINES = 5
"""So much of what the JVM said last is told where it does not start."""


def _start_jvm(builder: SparkSession.Builder, output: IO[bytes]) -> None:
    """Start the JVM with its words in a file instead of the terminal: those on the jars it fetches, and all later ones."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway

    if SparkContext._gateway is not None:  # one that did not get further, or the caller's
        return
    conf = SparkConf().setAll([(key, str(value)) for key, value in builder._options.items()])
    gateway = launch_gateway(conf, popen_kwargs={"stdout": output, "stderr": subprocess.STDOUT})
    SparkContext._ensure_initialized(gateway=gateway)


def _metastore(lake_root: str | None) -> dict[str, str]:
    """Names that outlive the process: Hive's metastore in a Derby database; one process at a time may use it."""
    settings = {"spark.sql.catalogImplementation": "hive"}
    if lake_root:
        folder = in_project(lake_root)
        folder.mkdir(parents=True, exist_ok=True)
        address = f"jdbc:derby:;databaseName={folder / 'metastore_db'};create=true"
        settings |= {
            "spark.sql.warehouse.dir": str(folder),
            "spark.hadoop.javax.jdo.option.ConnectionURL": address,
            "spark.driver.extraJavaOptions": f"-Dderby.stream.error.file={folder / 'derby.log'}",
        }
    return settings


_LOCAL_SPARK = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.databricks.delta.snapshotPartitions": "2",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.driver.maxResultSize": "0",
    "spark.driver.memory": "2g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def refuse_without_session() -> None:
    """Stop where ``engine=session`` would not find one: Spark would start one of its own, which knows no table.

    Raises:
        DatasetError: Nobody has made a session in this process, and this is no cluster.
    """
    on_a_cluster = {"DATABRICKS_RUNTIME_VERSION", "PYSPARK_GATEWAY_PORT"} & os.environ.keys()
    if not (on_a_cluster or is_remote() or _has_context()):
        raise DatasetError(
            "There is no Spark session here. Run this on the cluster (a job or a notebook), or from a laptop with "
            "`--params engine=connect`."
        )


def _has_context() -> bool:
    from pyspark import SparkContext  # not in a Databricks Connect installation

    return SparkContext._active_spark_context is not None


def _use_callers_session(_catalog: str | None, _lake_root: str | None) -> SparkSession:
    refuse_without_session()
    try:
        return SparkSession.builder.getOrCreate()
    except PySparkRuntimeError:
        # The caller's is a Spark Connect session, which that finds by its address only.
        from pyspark.sql.connect.session import SparkSession as ConnectSession

        return cast("SparkSession", ConnectSession.builder.getOrCreate())


def _start_connect(_catalog: str | None, _lake_root: str | None) -> SparkSession:
    try:
        from databricks.connect import DatabricksSession
    except ImportError as error:
        raise DatasetError(
            "The engine connect needs the package `databricks-connect` of your cluster's version, "
            "in an environment without `pyspark`."
        ) from error
    return DatabricksSession.builder.getOrCreate()


_START = {
    Engine.SAIL: _start_sail,
    Engine.SPARK: _start_spark,
    Engine.SESSION: _use_callers_session,
    Engine.CONNECT: _start_connect,
}
