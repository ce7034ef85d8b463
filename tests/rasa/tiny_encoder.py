"""A tiny sentence encoder of the usual layout, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.processors import TemplateProcessing

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "bus", "boat", "query:"]
DIMENSIONS = 4
# One row for each word. Padding has a vector too, a long one, which would spoil a mean that takes it in.
TABLE = np.random.default_rng(0).normal(size=(len(WORDS), DIMENSIONS)).astype(np.float32)
TABLE[0] = 100


def _field(number: int, value: int | bytes | str) -> bytes:
    """Return one field of a protobuf message."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    return bytes([value]) if value < 128 else bytes([value % 128 | 128]) + _varint(value // 128)


FLOAT, INT64 = 1, 7


def _value(name: str, kind: int, axes: list[str]) -> bytes:
    shape = b"".join(_field(1, _field(2, axis)) for axis in axes)
    return _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, shape)))


def onnx(
    inputs: Mapping[str, list[str]], looks_up: str = "", gives: str = "hidden", table: np.ndarray = TABLE
) -> bytes:
    """Return an ONNX model, byte by byte, that gives the vector of each number in `looks_up`, the first input.

    `looks_up` may be `total`, the sum of the first input. By hand, as the package `onnx` would come into the
    environment for this alone; the numbers of fields are those of onnx.proto.
    """
    first = next(iter(inputs))
    total = _field(1, first) + _field(2, "total") + _field(4, "ReduceSum")
    lookup = _field(1, "table") + _field(1, looks_up or first) + _field(2, "hidden") + _field(4, "Gather")
    values = b"".join(_field(1, size) for size in table.shape) + _field(2, FLOAT) + _field(8, "table")
    graph = _field(1, total) + _field(1, lookup) + _field(2, "graph") + _field(5, values + _field(9, table.tobytes()))
    given = b"".join(_field(11, _value(name, INT64, axes)) for name, axes in inputs.items())
    result = _value("hidden", FLOAT, ["a", "b", "c"]) if gives == "hidden" else _value(gives, INT64, ["a", "b"])
    return _field(1, 8) + _field(8, _field(1, "") + _field(2, 17)) + _field(7, graph + given + _field(12, result))


AXES = ["texts", "tokens"]
MODEL = onnx({"input_ids": AXES, "attention_mask": AXES})


def make_encoder(folder: Path, words: Sequence[str] = WORDS, table: np.ndarray = TABLE) -> Path:
    """Write an encoder that knows `words`, each with its row of `table`, and return its folder."""
    folder.mkdir()
    tokenizer = Tokenizer(WordLevel({word: index for index, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    # What others left in the file does not count: padding to a fixed length, and another limit.
    tokenizer.enable_padding(length=20)
    tokenizer.enable_truncation(3)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "model.onnx").write_bytes(onnx({"input_ids": AXES, "attention_mask": AXES}, table=table))
    return folder
