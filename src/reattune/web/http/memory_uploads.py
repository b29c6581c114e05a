"""Files that are brought in: in memory or not at all."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class InMemory(FileUploadHandler):
    """Holds a file in memory. One that is too large is emptied and marked, so that the form can say so."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self._content, self._too_large = BytesIO(), False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """A piece of it."""
        if start + len(raw_data) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            self._content, self._too_large = BytesIO(), True
        elif not self._too_large:
            self._content.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The whole of it."""
        self._content.seek(0)
        file = InMemoryUploadedFile(
            self._content,
            self.field_name,
            self.file_name,
            self.content_type,
            0 if self._too_large else file_size,
            self.charset,
            self.content_type_extra,
        )
        file.too_large = self._too_large  # type: ignore[attr-defined]
        return file
