"""The files of conf, from its folder or from its archive."""

import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePath


def yml_files(conf: Path) -> Iterator[tuple[PurePath, str]]:
    """Each yml file of an environment with its text; none where conf is neither a folder nor an archive of this machine."""
    if conf.is_dir():
        for file in conf.glob("*/*.yml"):
            yield file.relative_to(conf.parent), file.read_text(encoding="utf-8")
    elif conf.is_file() and tarfile.is_tarfile(conf):
        with tarfile.open(conf) as archive:
            for member in archive:
                path, content = PurePath(member.name), archive.extractfile(member)
                if content and path.match("*/*/*.yml"):
                    yield path, content.read().decode()
