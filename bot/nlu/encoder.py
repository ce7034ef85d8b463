"""A sentence encoder from a local folder: texts with one meaning get vectors near one another.

Imported only where NLU_ENCODER names a folder: its packages (requirements/rasa-encoder.txt) are not part of the
ordinary installation. Reads that folder and nothing else; nothing is ever fetched.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from onnxruntime import InferenceSession, SessionOptions
from tokenizers import Tokenizer

MODELS = ("model.onnx", "onnx/model.onnx")
TOKENIZER = "tokenizer.json"
SETTINGS = "encoder.json"
POOLING = "1_Pooling/config.json"
# What sentence-transformers calls the two poolings that are known here.
POOLINGS = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
INPUTS = {"input_ids", "attention_mask", "token_type_ids"}
# On one thread a larger batch is no faster, and takes more memory.
BATCH = 8


class EncoderError(Exception):
    """The folder cannot be used. One line that names the file and what is wrong, for the operator."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")


@dataclass(frozen=True)
class EncoderSettings:
    """How the model wants its texts: `prefix` goes before each, what exceeds `max_tokens` is cut off."""

    prefix: str = ""
    pooling: str = "mean"
    max_tokens: int = 64

    @classmethod
    def load(cls, folder: Path) -> EncoderSettings:
        """Return what encoder.json says, else 1_Pooling/config.json, else the defaults. Raises EncoderError."""
        path = folder / SETTINGS
        said = _read_json(path)
        unknown = sorted(said.keys() - cls.__dataclass_fields__.keys())
        if unknown:
            raise EncoderError(path, f"has unknown settings: {', '.join(unknown)}")
        settings = cls(**{"pooling": _pooling_of_model(folder / POOLING), **said})
        if not isinstance(settings.prefix, str):
            raise EncoderError(path, "prefix must be text")
        if settings.pooling not in POOLINGS.values():
            raise EncoderError(path, "pooling must be mean or cls")
        if type(settings.max_tokens) is not int or not 8 <= settings.max_tokens <= 8192:
            raise EncoderError(path, "max_tokens must be a whole number from 8 to 8192")
        return settings


class Encoder:
    """Turns texts into vectors of unit length."""

    def __init__(self, model: Path, tokenizer: Tokenizer, settings: EncoderSettings) -> None:
        """Take an ONNX file, and a tokenizer that cuts off but does not pad; `load` makes it. Raises EncoderError."""
        self._session = _open_session(model)
        self._tokenizer = tokenizer
        self._settings = settings
        self._inputs = [given.name for given in self._session.get_inputs()]
        self.dimensions = self._try(model)

    @classmethod
    def load(cls, folder: Path) -> Encoder:
        """Return the encoder in `folder`: model.onnx or onnx/model.onnx, tokenizer.json and, if need be, encoder.json.

        Raises EncoderError if the folder or a file is missing, cannot be used, or does not fit the others.
        """
        if not folder.is_dir():
            raise EncoderError(folder, "is not a folder")
        settings = EncoderSettings.load(folder)
        tokenizer = _load_tokenizer(folder / TOKENIZER, settings.max_tokens)
        model = next((folder / name for name in MODELS if (folder / name).is_file()), None)
        if model is None:
            raise EncoderError(folder, f"has neither {' nor '.join(MODELS)}")
        return cls(model, tokenizer, settings)

    def encode(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """Return one row of unit length for each text (texts x dimensions); a row of zeros if it has no token."""
        # One after another: encode_batch would start a thread for each processor.
        tokens = [self._tokenizer.encode(self._settings.prefix + text).ids for text in texts]
        # Texts of about the same length share a batch, so that little of it is padding.
        order = sorted(range(len(tokens)), key=lambda row: len(tokens[row]))
        vectors = np.empty((len(tokens), self.dimensions), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            vectors[rows] = self._pool(*self._run([tokens[row] for row in rows]))
        return vectors

    def _try(self, model: Path) -> int:
        """Return how many dimensions a vector has. Raises EncoderError if the model does not fit its tokenizer."""
        # The last token of the vocabulary, as often as may be: rows or positions that lack show now, not in service.
        last = self._tokenizer.get_vocab_size() - 1
        try:
            hidden, _ = self._run([[last] * self._settings.max_tokens])
        # What onnxruntime raises has no other ancestor.
        except Exception as error:
            raise EncoderError(model, f"does not fit {TOKENIZER} or max_tokens: {_first_line(error)}") from error
        if hidden.ndim != 3:
            raise EncoderError(model, f"must give texts x tokens x dimensions first, not {hidden.shape}")
        return int(hidden.shape[2])

    def _run(self, batch: list[list[int]]) -> tuple[Any, Any]:
        """Return the model's vector of each token, and which of them are no padding."""
        lengths = np.array([len(ids) for ids in batch])
        present = np.arange(max(1, lengths.max())) < lengths[:, None]
        ids = np.zeros(present.shape, dtype=np.int64)
        ids[present] = np.concatenate([np.array(row, dtype=np.int64) for row in batch])
        known = {"input_ids": ids, "attention_mask": present.astype(np.int64), "token_type_ids": np.zeros_like(ids)}
        # The first output is the one of tokens; some exports add one of sentences.
        return self._session.run(None, {name: known[name] for name in self._inputs})[0], present

    def _pool(self, hidden: Any, present: Any) -> Any:
        # `where`, not a product: what a model says of padding may be no number at all.
        hidden = np.where(present[:, :, None], hidden, 0).astype(np.float32)
        # The sum has the direction of the mean, and at unit length nothing else is left of it.
        pooled = hidden.sum(axis=1) if self._settings.pooling == "mean" else hidden[:, 0]
        return pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), np.finfo(np.float32).tiny)


def _open_session(model: Path) -> InferenceSession:
    options = SessionOptions()
    # One message is encoded at a time, and the other processes need their processors.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # What goes wrong is raised; what onnxruntime would print beside it says nothing to the operator.
    options.log_severity_level = 4
    try:
        session = InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    # What onnxruntime raises has no other ancestor.
    except Exception as error:
        raise EncoderError(model, f"is not a model that onnxruntime reads: {_first_line(error)}") from error
    unknown = sorted({given.name for given in session.get_inputs()} - INPUTS)
    if unknown:
        raise EncoderError(model, f"wants inputs that a sentence encoder has not: {', '.join(unknown)}")
    return session


def _load_tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    if not path.is_file():
        raise EncoderError(path, "is missing")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    # What tokenizers raises has no other ancestor.
    except Exception as error:
        raise EncoderError(path, f"is not a tokenizer: {_first_line(error)}") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _pooling_of_model(path: Path) -> str:
    said = _read_json(path)
    chosen = [name for name, value in said.items() if name.startswith("pooling_mode_") and value is True]
    if not chosen:
        return EncoderSettings.pooling
    if len(chosen) > 1 or chosen[0] not in POOLINGS:
        raise EncoderError(path, f"pools by {' and '.join(chosen)}; only mean or cls is known here")
    return POOLINGS[chosen[0]]


def _read_json(path: Path) -> dict[str, Any]:
    """Return the object in the file, empty if there is none. Raises EncoderError if it is anything else."""
    if not path.exists():
        return {}
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(path, f"cannot be read as JSON: {error}") from error
    if not isinstance(said, dict):
        raise EncoderError(path, "must be a JSON object")
    return said


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
