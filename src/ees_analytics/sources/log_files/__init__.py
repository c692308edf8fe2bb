"""Log files of the public API and of downloads: folders, files, rows, audit."""
