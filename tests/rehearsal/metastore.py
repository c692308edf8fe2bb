"""Table names of JVM Spark that outlive the process, as a workspace's do."""

from __future__ import annotations

from pathlib import Path


def write_spark_conf(folder: Path, lake: Path) -> Path:
    """Write Spark's own configuration of a Hive metastore in a Derby database; one process at a time may use it.

    Args:
        folder: Where the configuration is written.
        lake: Where the metastore and the tables that it manages are.

    Returns:
        The folder for the environment variable ``SPARK_CONF_DIR``.
    """
    conf = folder / "spark-conf"
    conf.mkdir(parents=True)
    settings = {
        "spark.sql.catalogImplementation": "hive",
        "spark.sql.warehouse.dir": lake,
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={lake}/metastore_db;create=true",
        "spark.driver.extraJavaOptions": f"-Dderby.stream.error.file={lake}/derby.log",
    }
    lake.mkdir(parents=True, exist_ok=True)
    (conf / "spark-defaults.conf").write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
    return conf
