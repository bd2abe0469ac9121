"""Reads a multipart/form-data upload piece by piece: one file goes straight to its sink, the few fields stay in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from configs.errors import BadInput

FILE_FIELD = "file"
MAX_FIELD_BYTES = 4096
MAX_FIELDS = 16
LONGEST_NAME = 200


class Sink(Protocol):
    """Where the file's bytes go."""

    def write(self, data: bytes) -> object: ...


def form_body(required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    """OpenAPI's requestBody of a multipart form whose fields are described by JSON schemas."""
    schema = {"type": "object", "required": required, "properties": properties}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


class UploadReader:
    """Feed it the body with `feed`, then call `finish`. Holds at most one piece of the file in memory."""

    def __init__(self, content_type: str, open_sink: Callable[[str], Sink]) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise BadInput(f"The upload's Content-Type is {content_type!r}.", "Send multipart/form-data with the field 'file'.")
        self.fields: dict[str, str] = {}
        self._open_sink = open_sink
        self._sink: Sink | None = None
        self._seen_file = self._complete = False
        self._into_file = False
        self._headers: dict[str, bytes] = {}
        self._header = (bytearray(), bytearray())
        self._name, self._value = "", bytearray()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begin,
                "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                "on_header_end": self._header_end,
                "on_headers_finished": self._part_opened,
                "on_part_data": self._part_data,
                "on_part_end": self._part_end,
                "on_end": self._ended,
            },
        )

    def feed(self, data: bytes) -> None:
        """Takes the next piece of the body; may block on the disk."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise BadInput(f"The upload is not valid multipart/form-data: {error}.", "Send the file again.") from None

    def finish(self) -> None:
        """Says that the body has ended; raises `BadInput` when it was cut short or held no file."""
        if not self._complete:
            raise BadInput("The upload broke off before its end.", "Send the file again.")
        if not self._seen_file:
            raise BadInput(f"The upload has no field {FILE_FIELD!r}.", f"Send the file as the field {FILE_FIELD!r}.")

    def _part_begin(self) -> None:
        self._headers = {}
        self._header = (bytearray(), bytearray())
        self._value = bytearray()
        self._into_file = False

    def _header_end(self) -> None:
        self._headers[self._header[0].decode("latin-1").lower()] = bytes(self._header[1])
        self._header = (bytearray(), bytearray())

    def _part_opened(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._name != FILE_FIELD:
            if len(self.fields) >= MAX_FIELDS:
                raise BadInput(f"The upload has more than {MAX_FIELDS} fields.", "Leave the others out.")
            return
        if self._seen_file:
            raise BadInput("The upload holds more than one file.", "Send one file per request.")
        self._seen_file = self._into_file = True
        self._sink = self._open_sink(file_name(options.get(b"filename", b"").decode("utf-8", "replace")))

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._into_file and self._sink is not None:
            self._sink.write(data[start:end])
            return
        self._value.extend(data[start:end])
        if len(self._value) > MAX_FIELD_BYTES:
            raise BadInput(f"Field {self._name!r} is longer than {MAX_FIELD_BYTES} bytes.", f"Files go into the field {FILE_FIELD!r}.")

    def _part_end(self) -> None:
        if not self._into_file:
            self.fields[self._name] = self._value.decode("utf-8", "replace")

    def _ended(self) -> None:
        self._complete = True


def file_name(sent: str) -> str:
    """The last part of what the browser sent, without control characters, at most 200 long with its ending kept."""
    last = sent.replace("\\", "/").rpartition("/")[2]
    clean = "".join(character for character in last if character.isprintable()).strip()
    if clean in ("", ".", ".."):
        return "upload"
    stem, dot, suffix = clean.rpartition(".")
    if len(clean) <= LONGEST_NAME:
        return clean
    return f"{stem[: LONGEST_NAME - len(suffix) - 1]}.{suffix}" if dot and len(suffix) < 20 else clean[:LONGEST_NAME]
