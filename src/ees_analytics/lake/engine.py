"""The Spark session of each engine: the only module that makes one."""

import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Self, cast
from zipfile import is_zipfile

from kedro.io.core import DatasetError
from pyspark.errors import PySparkRuntimeError
from pyspark.sql import SparkSession
from pyspark.sql.utils import is_remote

from ees_analytics.console.text import did_you_mean
from ees_analytics.contracts.casting import set_arrow_collector, set_row_keeper
from ees_analytics.lake.collecting import collect_via_parquet, keep_in_parquet, keep_persisted


class Engine(StrEnum):
    """What runs the DataFrames: the parameter ``engine`` decides."""

    SAIL = "sail"
    """Embedded in this process: Python only, no Java."""
    SPARK = "spark"
    """JVM Spark with delta-spark on this machine: needs Java 17, and Delta's jars from Maven Central."""
    SESSION = "session"
    """The session that the caller made, for example a Databricks cluster's."""
    CONNECT = "connect"
    """Databricks Connect, configured by its own environment variables or profile."""

    @classmethod
    def _missing_(cls, value: object) -> Self:
        hint = did_you_mean(str(value), list(cls), most=1)
        raise DatasetError(f"There is no engine `{value}`: it is one of {', '.join(cls)}. {hint}".rstrip())


_CALL_SITES = "spark.python.sql.dataFrameDebugging.enabled"
"""Whether PySpark records the calling line of each expression, for error messages; that takes time."""

_lock = threading.Lock()
_sessions: dict[Engine, SparkSession] = {}
_servers: list[object] = []
"""Embedded servers: one that is not referenced shuts down."""


def spark_session(engine: str) -> SparkSession:
    """The session of an engine, made at the first call (``session``: the caller's present one, at every call).

    Args:
        engine: One of ``sail``, ``spark``, ``session``, ``connect``.

    Raises:
        DatasetError: The engine is unknown, cannot start here, or this process already runs another one.
    """
    wanted = Engine(engine)
    with _lock:
        others = _sessions.keys() - {wanted}
        if others:
            raise DatasetError(
                f"This process already runs the engine {', '.join(others)}; one process holds one engine. "
                f"Run engine={wanted} in a new process."
            )
        if wanted not in _sessions or wanted is Engine.SESSION:  # the caller may have replaced it
            _sessions[wanted] = _START[wanted]()
        return _sessions[wanted]


_REMOTE, _CONNECT_MODE = "SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED"
"""PySpark's variables for the address of a server of Spark Connect, and that it is used."""

DICTIONARY_PAGE_BYTES = 8 * 1024**2
"""The most distinct text of a column that parquet dictionary-encodes in a row group; further values are stored in full.

The default is 1 MB. Event labels exceed it: a table of 2 million downloads would be four times as large.
"""


def set_environment(engine: Engine) -> None:
    """Set the environment variables of an engine that runs here, unless one runs already.

    To be called before a run starts threads: the process crashes where a thread adds a variable while another opens a
    Delta table, for which delta-rs lists them all.
    """
    if _sessions:
        return
    if engine is Engine.SAIL and find_spec("pysail"):  # without it the caller's own Spark goes on
        _set_sail_environment()
        # Set again when the session starts; the server chooses the port.
        os.environ.setdefault(_REMOTE, "sc://127.0.0.1")
        os.environ.setdefault(_CONNECT_MODE, "1")
    elif engine is Engine.SPARK:
        _set_spark_environment()


def _set_sail_environment() -> None:
    # An idle Sail session is closed after 15 minutes by default, and at once with 0.
    os.environ.setdefault("SAIL_SPARK__SESSION_TIMEOUT_SECS", "86400")
    os.environ.setdefault("RUST_LOG", "error")
    # Sail keeps the left side of a join in memory and swaps the sides by estimated size: it then kept the events
    # instead of the look-up table. Without swaps the node decides (transforms.joins).
    os.environ.setdefault("SAIL_OPTIMIZER__ENABLE_JOIN_SWAP", "false")
    # Read when pysail is imported. Its allocator would take huge pages, which Linux clears whole (2 MB) although little of
    # each is used: 0 turns them off for this process.
    os.environ.setdefault("MIMALLOC_ALLOW_THP", "0")
    # Freed memory goes back to Linux after 12 seconds (four times this), not 4: the next step takes it again, and Linux would
    # first clear it.
    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "3000")
    # One thread for each step: Sail does a seventh less work when it groups and joins in one. At most four steps compute
    # tables at once, so where there are many cores, each gets a quarter of them.
    partitions = max(1, (os.cpu_count() or 1) // 4)
    os.environ.setdefault("SAIL_EXECUTION__DEFAULT_PARALLELISM", str(partitions))
    os.environ.setdefault("SAIL_PARQUET__DICTIONARY_PAGE_SIZE_LIMIT", str(DICTIONARY_PAGE_BYTES))
    _bypass_proxy()


def _start_sail() -> SparkSession:
    _set_sail_environment()
    try:
        from pysail.spark import SparkConnectServer
    except ImportError as error:
        raise DatasetError('The engine sail needs the extra `local`: pip install -e ".[local]".') from error
    server = SparkConnectServer("127.0.0.1", 0)
    _servers.append(server)
    server.start(background=True)
    _, port = server.listening_address
    os.environ[_REMOTE] = f"sc://127.0.0.1:{port}"
    # A new session: `%reload_kedro` loads this module again, and an earlier one is of a server that has ended.
    with _without_ipython():
        session = SparkSession.builder.remote(os.environ[_REMOTE]).create()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    session.conf.set(_CALL_SITES, "false")
    _restore_interrupt_handler()
    set_arrow_collector(collect_via_parquet)
    return session


@contextmanager
def _without_ipython() -> Iterator[None]:
    """Keep PySpark from importing IPython, which is slow, for the width of a progress bar that is never drawn here."""
    if "IPython" in sys.modules:
        yield
        return
    sys.modules["IPython"] = None  # type: ignore[assignment]  # makes its import fail
    try:
        yield
    finally:
        del sys.modules["IPython"]


def _restore_interrupt_handler() -> None:
    """Give Ctrl+C back to Python: the server would stop on it, and later queries of a notebook would hang.

    Only the main thread can set a handler: a server that another thread started does stop.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is threading.main_thread() and handler is not None:
        signal.signal(signal.SIGINT, handler)


_NO_PROXY = ("no_grpc_proxy", "no_proxy", "NO_PROXY")
"""Variables in which gRPC looks for addresses without a proxy; it uses the first that is set."""


def _bypass_proxy() -> None:
    """Exempt this machine from the network's proxy, to which gRPC would send even local traffic."""
    exceptions = next((os.environ[name].split(",") for name in _NO_PROXY if os.environ.get(name)), [])
    os.environ[_NO_PROXY[0]] = ",".join(dict.fromkeys([*exceptions, "127.0.0.1"]))


_LOCAL_SPARK = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "1",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.databricks.delta.stats.collect": "false",  # a local table is read whole
    "spark.databricks.delta.writeChecksumFile.enabled": "false",
    "spark.databricks.delta.allFilesInCrc.enabled": "false",  # else a query after each commit
    "spark.sql.adaptive.enabled": "false",
    # A query is short, and in one process: these would check and copy for longer than they save.
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.lightweightPlanChangeValidation": "false",
    "spark.sql.codegen.aggregate.map.twolevel.enabled": "false",
    "spark.sql.icu.caseMappings.enabled": "false",  # else lower case loads the tables of all languages
    "spark.sql.ui.explainMode": "simple",  # of each query, for a user interface that is off
    "spark.sql.maxConcurrentOutputFileWriters": "16",  # else rows are sorted before they are written by topic
    # The files of a table are read in one task: the other core is busy with the table that is computed at the same time.
    # `coalesce` after reading would copy each row.
    "spark.sql.files.minPartitionNum": "1",
    "spark.sql.files.maxPartitionBytes": "1t",
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "10000",  # no job to look for a table's files
    _CALL_SITES: "false",
    "spark.shuffle.compress": "false",
    "spark.shuffle.checksum.enabled": "false",
    "spark.broadcast.compress": "false",
    "spark.locality.wait": "0",
    # Without files of checksums: Hadoop starts `chmod` for each file. Pages of parquet files have their own.
    "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
    "spark.hadoop.fs.AbstractFileSystem.file.impl": "org.apache.hadoop.fs.local.RawLocalFs",
    "spark.hadoop.parquet.page.verify-checksum.enabled": "true",
    "spark.hadoop.parquet.dictionary.page.size": str(DICTIONARY_PAGE_BYTES),
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.driver.maxResultSize": "0",
    "spark.driver.memory": "2g",  # conf decides: set_driver_memory
    # A run is short: the optimising compiler would take a third of its processor time, so it compiles only what runs
    # 40 times as often as by default. Several threads of the collector keep each other waiting on two cores.
    "spark.driver.defaultJavaOptions": "-XX:Tier4InvocationThreshold=200000 -XX:Tier4MinInvocationThreshold=24000 "
    "-XX:Tier4CompileThreshold=600000 -XX:Tier4BackEdgeThreshold=1600000 -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError "
    "-Djdk.lang.Process.launchMechanism=VFORK",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}

_QUOTED_LINES = 5
"""Lines of the JVM's output that are quoted when it does not start, or ends."""

_jvm_output = tempfile.TemporaryFile()  # noqa: SIM115 (the JVM writes to it for the rest of its life)


def set_driver_memory(memory: str) -> None:
    """The heap of the JVM that ``engine=spark`` starts, as Java writes it: ``2g``."""
    _LOCAL_SPARK["spark.driver.memory"] = memory


def _set_spark_environment() -> None:
    for name in (_REMOTE, _CONNECT_MODE):  # of a parent process that runs Spark Connect
        os.environ.pop(name, None)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else the first `python3` of the path
    # PySpark sets these when the session starts.
    os.environ.setdefault("SPARK_AUTH_SOCKET_TIMEOUT", "15")
    os.environ.setdefault("SPARK_BUFFER_SIZE", "65536")


def _start_spark() -> SparkSession:
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise DatasetError(
            "The engine spark needs Java 17, and no `java` was found. Install a Java 17 runtime "
            "(for example `apt install openjdk-17-jre-headless`) or use engine=sail, which needs none."
        )
    _set_spark_environment()
    # Two tasks at once: more would need more memory.
    builder = SparkSession.builder.master("local[2]").appName("ees-analytics")
    for key, value in _LOCAL_SPARK.items():
        builder = builder.config(key, value)
    is_ours = not _has_context()
    try:
        with _output_in(_jvm_output):
            session = _with_delta(builder).getOrCreate()
            session.sparkContext.setLogLevel("OFF")  # failures reach Python as exceptions
            if is_ours:
                _drop_hadoop_defaults(session)
        # Else both print tracebacks when the JVM ends.
        logging.getLogger("py4j").setLevel(logging.CRITICAL)
        session.sparkContext._accumulatorServer.handle_error = lambda *_: None  # type: ignore[method-assign]
    except Exception as error:
        raise DatasetError(
            "The engine spark could not start. It needs Java 17 and, the first time, Maven Central for Delta's "
            "jars (io.delta:delta-spark_2.13). Use engine=sail where you have neither. "
            f"Spark reported: {' | '.join([str(error), *_last_words()])}"
        ) from error
    set_arrow_collector(collect_via_parquet)
    set_row_keeper(keep_in_parquet)
    return session


def _drop_hadoop_defaults(session: SparkSession) -> None:
    """Keep only the settings of Hadoop that Spark's conf makes.

    Spark sends all others with each query: a thousand defaults, which Hadoop's code has too. They take a quarter of the
    time of a small query.
    """
    java: Any = session.sparkContext._jvm
    context = session.sparkContext._jsc
    java.org.apache.hadoop.hdfs.HdfsConfiguration.init()  # else the first query loads all of them again
    settings = context.hadoopConfiguration()
    settings.clear()
    hadoop = java.org.apache.spark.deploy.SparkHadoopUtil.get()
    hadoop.appendS3AndSparkHadoopHiveConfigurations(context.sc().conf(), settings)


def _with_delta(builder: SparkSession.Builder) -> SparkSession.Builder:
    """Delta's jars: on the class path, once an earlier start has fetched them to Spark's folder of Ivy.

    Jars that Spark itself fetches are copied at each start, and looked through after 280 others for each class.
    """
    from delta import configure_spark_with_delta_pip

    fetched = sorted(_FETCHED_JARS.glob(f"io.delta_delta-s*-{version('delta-spark')}.jar"))
    if len(fetched) == 2 and all(map(is_zipfile, fetched)):
        return builder.config("spark.driver.extraClassPath", os.pathsep.join(map(str, fetched)))
    return configure_spark_with_delta_pip(builder)


_FETCHED_JARS = Path.home() / ".ivy2.5.2" / "jars"


def _last_words() -> list[str]:
    """The end of what the JVM printed, without what it prints at each start."""
    _jvm_output.seek(0)
    lines = _jvm_output.read().decode(errors="replace").strip().splitlines()
    return [line for line in lines if not _AT_START.search(line)][-_QUOTED_LINES:]


_AT_START = re.compile(
    r" (?:WARN|INFO) |^WARNING: |log4j|[lL]og ?[lL]evel|[Ii]vy|added as a dependency|^::|^\s|\bjars?\b"
)


def refuse_ended_engine(error: BaseException | None = None) -> None:
    """Say why every query fails where the JVM that this process started is no longer there.

    Args:
        error: A failure that this may explain; the JVM's connections close a moment before it has ended.

    Raises:
        DatasetError: It ended. The message has its exit code, what to do and its last words.
    """
    session = _sessions.get(Engine.SPARK)
    process = getattr(session.sparkContext._gateway, "proc", None) if session else None
    if process is None:
        return
    seconds = 5.0 if _is_lost_connection(error) else 0.5 if error else 0.0
    with suppress(subprocess.TimeoutExpired):
        code = process.wait(seconds)
        killed = " (killed: the machine may have run out of memory)" if code == -signal.SIGKILL else ""
        said = " | ".join(_last_words()) or "nothing"
        raise DatasetError(
            f"Spark's JVM ended with code {code}{killed}. With an OutOfMemoryError, give it more heap than "
            f"{_LOCAL_SPARK['spark.driver.memory']}: `spark_driver_memory` in conf/base/globals.yml. Or use engine=sail, "
            f"which needs less. Its last words: {said}"
        )


def _is_lost_connection(error: BaseException | None) -> bool:
    while error:
        if isinstance(error, ConnectionError | EOFError) or type(error).__name__ in (
            "Py4JNetworkError",
            "Py4JError",
        ):
            return True
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def _output_in(file: IO[bytes]) -> Iterator[None]:
    """Send standard output and error to a file. A JVM that starts meanwhile writes there for the rest of its life."""
    sys.stdout.flush()
    sys.stderr.flush()
    terminal = {descriptor: os.dup(descriptor) for descriptor in (1, 2)}
    try:
        for descriptor in terminal:
            os.dup2(file.fileno(), descriptor)
        yield
    finally:
        for descriptor, copy in terminal.items():
            os.dup2(copy, descriptor)
            os.close(copy)


def refuse_without_session() -> None:
    """Stop where ``engine=session`` would find no session: Spark would start its own, without any tables.

    Raises:
        DatasetError: No session was made in this process, and this is not a cluster.
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


def _use_callers_session() -> SparkSession:
    refuse_without_session()
    set_row_keeper(keep_persisted)
    try:
        return SparkSession.builder.getOrCreate()
    except PySparkRuntimeError:
        # The caller's is a Spark Connect session, which that builder finds by its address only.
        from pyspark.sql.connect.session import SparkSession as ConnectSession

        return cast("SparkSession", ConnectSession.builder.getOrCreate())


def _start_connect() -> SparkSession:
    try:
        from databricks.connect import DatabricksSession
    except ImportError as error:
        raise DatasetError(
            "The engine connect needs the package `databricks-connect` of your cluster's version, "
            "in an environment without `pyspark`."
        ) from error
    set_row_keeper(keep_persisted)
    return DatabricksSession.builder.getOrCreate()


_START = {
    Engine.SAIL: _start_sail,
    Engine.SPARK: _start_spark,
    Engine.SESSION: _use_callers_session,
    Engine.CONNECT: _start_connect,
}
