"""Pages in a folder of run reports."""

from glob import escape
from pathlib import PurePosixPath
from uuid import uuid4

from kedro.io.core import get_filepath_str
from kedro_datasets.text import TextDataset


class PageDataset(TextDataset):
    """An HTML page that is written whole: readers, and runs at the same time, see the earlier page or the new one.

    The new page is written to a file beside the earlier one, which then takes its name.
    """

    def save(self, data: str) -> None:
        """Write the page."""
        path = get_filepath_str(self._get_save_path(), self._protocol)
        unfinished = f"{path}.{uuid4().hex}.tmp"
        try:
            with self._fs.open(unfinished, mode="w", encoding="utf-8") as file:
                file.write(data)
            self._fs.mv(unfinished, path)
        finally:
            if self._fs.exists(unfinished):
                self._fs.rm(unfinished)
        self._invalidate_cache()

    def pages(self, beside: str | None = None) -> set[str]:
        """Names of all pages of the folder, or of one beside it, without ``.html``."""
        folder = PurePosixPath(get_filepath_str(self._get_load_path(), self._protocol)).parent
        folder = folder.parent / beside if beside else folder
        return {PurePosixPath(path).stem for path in self._fs.glob(f"{escape(str(folder))}/*.html")}
