"""``kedro package``: the wheel, and what travels with it: the archive of ``conf/`` and the list of packages."""

import shutil
import tarfile
from pathlib import Path

RUNTIME_LOCK = "requirements-runtime-17.3.lock"
"""The packages of the job, with hashes. It is deployed as ``requirements.txt``, the name that Databricks documents."""

ENVIRONMENTS = ("base", "live", "databricks")


def packed_files(conf: Path) -> list[Path]:
    """The files of conf that the archive has: an allow-list, because keys may be stored beside them."""
    files = [file for env in ENVIRONMENTS for file in sorted((conf / env).glob("*.yml"))]
    return [conf / "logging.yml", *(file for file in files if not file.name.startswith("."))]


def write_archive(conf: Path, archive: Path) -> Path:
    """Write the archive of a folder of conf; returns its path."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w:gz", dereference=True) as packed:
        for file in packed_files(conf):
            packed.add(file, file.relative_to(conf.parent))
    return archive


def copy_lock(project: Path) -> Path:
    """Copy the list of the job's packages to where the bundle uploads it from; returns its path."""
    return Path(shutil.copy(project / RUNTIME_LOCK, project / "dist" / "requirements.txt"))
