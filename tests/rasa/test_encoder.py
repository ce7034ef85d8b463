from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot.nlu.encoder import BATCH, Encoder, EncoderError
from bot.nlu.settings import encoder_folder
from tests.rasa.tiny_encoder import AXES, DIMENSIONS, MODEL, TABLE, make_encoder, onnx

CLS, SEP, BUS, BOAT, QUERY = TABLE[2:]
MAX_TOKENS = 8
THREADS = Path("/proc/self/task")
TEXTS = ["bus", "boat bus boat", "", "bus train", "boat " * 50]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny encoder of the usual layout."""
    return make_encoder(tmp_path / "encoder")


@pytest.fixture
def load(folder: Path) -> Callable[..., Encoder]:
    """Load the tiny encoder with these settings."""

    def make(**settings: object) -> Encoder:
        (folder / "encoder.json").write_text(json.dumps({"max_tokens": MAX_TOKENS, **settings}))
        return Encoder.load(folder)

    return make


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def pooling_config(**chosen: bool) -> str:
    return json.dumps({"word_embedding_dimension": DIMENSIONS, **{f"pooling_mode_{k}": v for k, v in chosen.items()}})


def write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def test_every_text_is_one_row_of_unit_length(load: Callable[..., Encoder]) -> None:
    encoder = load()

    vectors = encoder.encode(TEXTS)

    assert vectors.shape == (len(TEXTS), encoder.dimensions) == (len(TEXTS), DIMENSIONS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)


def test_no_text_is_no_row(load: Callable[..., Encoder]) -> None:
    assert load().encode([]).shape == (0, DIMENSIONS)


def test_the_mean_leaves_padding_out(load: Callable[..., Encoder]) -> None:
    short, long = load(pooling="mean").encode(["bus", "boat bus boat"])

    np.testing.assert_allclose(short, unit(CLS + BUS + SEP), rtol=1e-5)
    np.testing.assert_allclose(long, unit(CLS + BOAT + BUS + BOAT + SEP), rtol=1e-5)


def test_cls_takes_the_first_token(load: Callable[..., Encoder]) -> None:
    for vector in load(pooling="cls").encode(TEXTS):
        np.testing.assert_allclose(vector, unit(CLS), rtol=1e-5)


def test_a_text_has_the_same_vector_alone_and_among_others(load: Callable[..., Encoder]) -> None:
    encoder = load()
    many = [" ".join(["bus", "boat", "train"][: 1 + number % 3]) for number in range(2 * BATCH + 1)] + TEXTS

    alone = np.vstack([encoder.encode([text]) for text in many])

    np.testing.assert_allclose(encoder.encode(many), alone, rtol=1e-6)


def test_the_prefix_goes_before_each_text(load: Callable[..., Encoder]) -> None:
    short, empty = load(prefix="query: ").encode(["bus", ""])

    np.testing.assert_allclose(short, unit(CLS + QUERY + BUS + SEP), rtol=1e-5)
    np.testing.assert_allclose(empty, unit(CLS + QUERY + SEP), rtol=1e-5)


def test_an_empty_text_is_what_stands_around_every_text(load: Callable[..., Encoder]) -> None:
    np.testing.assert_allclose(load().encode([""])[0], unit(CLS + SEP), rtol=1e-5)


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_a_text_without_any_token_is_zero(folder: Path, load: Callable[..., Encoder], pooling: str) -> None:
    bare = json.loads((folder / "tokenizer.json").read_text()) | {"post_processor": None}
    write(folder / "tokenizer.json", json.dumps(bare))
    encoder = load(pooling=pooling)

    nothing, bus = encoder.encode(["", "bus"])

    assert not nothing.any()
    np.testing.assert_allclose(bus, unit(BUS), rtol=1e-5)
    assert not encoder.encode([""]).any()


def test_what_is_too_long_is_cut_off(load: Callable[..., Encoder]) -> None:
    (vector,) = load(max_tokens=8).encode(["boat " * 6 + "bus " * 1000])

    np.testing.assert_allclose(vector, unit(CLS + 6 * BOAT + SEP), rtol=1e-5)


def test_the_model_may_lie_in_a_folder_of_its_own(folder: Path) -> None:
    (folder / "onnx").mkdir()
    (folder / "model.onnx").rename(folder / "onnx" / "model.onnx")

    assert Encoder.load(folder).encode(TEXTS).shape == (len(TEXTS), DIMENSIONS)


def test_the_model_gets_the_inputs_it_asks_for(folder: Path) -> None:
    write(folder / "model.onnx", onnx({"input_ids": AXES, "token_type_ids": AXES}))

    np.testing.assert_allclose(Encoder.load(folder).encode(["bus"])[0], unit(CLS + BUS + SEP), rtol=1e-5)


def test_the_model_is_told_what_is_padding(folder: Path) -> None:
    table = np.random.default_rng(1).normal(size=(100, DIMENSIONS)).astype(np.float32)
    write(folder / "model.onnx", onnx({"attention_mask": AXES}, looks_up="total", table=table))

    vectors = Encoder.load(folder).encode(["bus", "bus boat bus"])

    np.testing.assert_allclose(vectors, [unit(table[3 + 5])] * 2, rtol=1e-5)


@pytest.mark.skipif(not THREADS.is_dir(), reason="threads are counted as Linux shows them")
def test_no_thread_is_started(load: Callable[..., Encoder]) -> None:
    before = len(list(THREADS.iterdir()))

    encoder = load()
    encoder.encode(TEXTS)

    assert len(list(THREADS.iterdir())) == before


@pytest.mark.parametrize(
    ("chosen", "settings", "expected"),
    [
        ({"cls_token": True, "mean_tokens": False}, {}, CLS),
        ({"cls_token": False, "mean_tokens": True}, {}, CLS + BUS + SEP),
        ({"cls_token": True, "mean_tokens": False}, {"pooling": "mean"}, CLS + BUS + SEP),
        ({}, {}, CLS + BUS + SEP),
    ],
)
def test_pooling_is_ours_then_the_models_then_the_mean(
    folder: Path,
    load: Callable[..., Encoder],
    chosen: dict[str, bool],
    settings: dict[str, str],
    expected: np.ndarray,
) -> None:
    write(folder / "1_Pooling" / "config.json", pooling_config(**chosen))

    np.testing.assert_allclose(load(**settings).encode(["bus"])[0], unit(expected), rtol=1e-5)


@pytest.mark.parametrize(
    ("file", "content", "named"),
    [
        ("tokenizer.json", "{", "is not a tokenizer"),
        ("tokenizer.json", "{}", "is not a tokenizer"),
        ("model.onnx", b"nonsense", "is not a model"),
        ("model.onnx", MODEL[:-40], "is not a model"),
        ("model.onnx", onnx({"pixel_values": AXES}), "pixel_values"),
        ("model.onnx", onnx({"input_ids": AXES}, gives="total"), "texts x tokens x dimensions"),
        ("model.onnx", onnx({"input_ids": AXES}, table=TABLE[:-1]), "does not fit tokenizer.json"),
        ("encoder.json", "{", "JSON"),
        ("encoder.json", b"\xff", "JSON"),
        ("encoder.json", "[]", "JSON object"),
        ("encoder.json", '{"prefiks": "", "polling": ""}', "polling, prefiks"),
        ("encoder.json", '{"prefix": 1}', "prefix"),
        ("encoder.json", '{"pooling": "max"}', "pooling"),
        ("encoder.json", '{"pooling": []}', "pooling"),
        ("encoder.json", '{"max_tokens": 7}', "max_tokens"),
        ("encoder.json", '{"max_tokens": 8193}', "max_tokens"),
        ("encoder.json", '{"max_tokens": "64"}', "max_tokens"),
        ("encoder.json", '{"max_tokens": true}', "max_tokens"),
        ("1_Pooling/config.json", "{", "JSON"),
        ("1_Pooling/config.json", pooling_config(max_tokens=True), "pooling_mode_max_tokens"),
        ("1_Pooling/config.json", pooling_config(cls_token=True, mean_tokens=True), "pooling_mode_cls_token and"),
    ],
)
def test_a_broken_file_is_named_with_its_fault(folder: Path, file: str, content: str | bytes, named: str) -> None:
    write(folder / file, content)

    with pytest.raises(EncoderError) as error:
        Encoder.load(folder)

    assert str(error.value).startswith(f"{folder / file}: ")
    assert named in str(error.value)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(("file", "named"), [("tokenizer.json", "is missing"), ("model.onnx", "onnx/model.onnx")])
def test_a_missing_file_is_named(folder: Path, file: str, named: str) -> None:
    (folder / file).unlink()

    with pytest.raises(EncoderError, match=named) as error:
        Encoder.load(folder)

    assert file in str(error.value)


def test_a_missing_folder_is_named(folder: Path) -> None:
    shutil.rmtree(folder)

    with pytest.raises(EncoderError, match="is not a folder") as error:
        Encoder.load(folder)

    assert str(folder) in str(error.value)


def test_there_is_no_encoder_unless_a_folder_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NLU_ENCODER", raising=False)

    assert encoder_folder() is None
    write(tmp_path / ".env", "NLU_ENCODER=\n")
    assert encoder_folder() is None


def test_the_environment_outdoes_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NLU_ENCODER", raising=False)
    write(tmp_path / ".env", "NLU_ENCODER=one\n")

    assert encoder_folder() == Path("one")
    monkeypatch.setenv("NLU_ENCODER", "other")
    assert encoder_folder() == Path("other")
