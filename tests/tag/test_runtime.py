"""The exported network against torch, and long texts against short ones. A tiny network is made on the spot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from petition_nlp.errors import BundleError
from petition_nlp.extract import find_all
from petition_nlp.tag import runtime
from petition_nlp.tag.marks import N_MARKS, mark
from petition_nlp.tag.runtime import TaggerRuntime
from petition_nlp.tag.tags import N_TAGS
from petition_nlp.tag.vocab import FIRST, SPACE, UNKNOWN, CharVocab, pair_ids

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

TEXT = "反映东河村支书王某2018年3月拿走3.2万元，全组126口人都不知道。"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path, Path, dict[str, Any]]:
    from petition_nlp.tag.export import export_tagger, halve_tables, quantize
    from petition_nlp.tag.network import NetworkConfig, Tagger

    torch.manual_seed(0)
    characters = CharVocab.build([TEXT], min_count=1)
    config = NetworkConfig(
        characters=FIRST + len(characters), pair_bits=8, char_dim=8, pair_dim=8, width=16, dilations=(1, 2, 3)
    )
    model = Tagger(config, N_TAGS).eval()
    torch.nn.init.normal_(model.body.mark.weight)
    folder = tmp_path_factory.mktemp("tagger")
    state = {k: v.numpy() for k, v in model.state_dict().items()}
    export_tagger(state, config.to_dict(), folder / "f32.onnx")
    quantize(folder / "f32.onnx", folder / "int8.onnx")
    halve_tables(folder / "int8.onnx")
    return (
        model,
        folder / "f32.onnx",
        folder / "int8.onnx",
        {**config.to_dict(), "characters": characters, "tags": N_TAGS},
    )


def torch_scores(model: Any, tagger: TaggerRuntime, text: str) -> np.ndarray:
    ids = tagger.vocab.encode(text).astype(np.int64)
    x = (ids, pair_ids(ids, tagger.vocab.pair_bits), mark(find_all(text), len(text)))
    with torch.no_grad():
        return np.asarray(model(*(torch.from_numpy(a[None]) for a in x))[0].log_softmax(-1))


def scores(tagger: TaggerRuntime, texts: list[str]) -> list[np.ndarray]:
    return tagger._scores([tagger.vocab.encode(t) for t in texts], [mark(find_all(t), len(t)) for t in texts])


def test_export_equals_torch(made: tuple[Any, Path, Path, dict[str, Any]]) -> None:
    model, exact, small, config = made
    tagger = TaggerRuntime(exact, config)
    for text, got in zip([TEXT, TEXT[:5]], scores(tagger, [TEXT, TEXT[:5]]), strict=True):
        np.testing.assert_allclose(got, torch_scores(model, tagger, text), atol=1e-4)
    rough = scores(TaggerRuntime(small, config), [TEXT])[0]
    assert np.abs(rough - torch_scores(model, tagger, TEXT)).mean() < 0.1


def test_nothing_is_lost_at_a_seam(
    made: tuple[Any, Path, Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A windowed long text has the scores it has in one piece, at every character."""
    model, exact, _, config = made
    tagger = TaggerRuntime(exact, config)
    monkeypatch.setattr(runtime, "WINDOW", 40)
    monkeypatch.setattr(runtime, "BATCH_CHARS", 100)
    text = TEXT * 7
    np.testing.assert_allclose(scores(tagger, [text, TEXT])[0], torch_scores(model, tagger, text), atol=1e-4)


def test_empty_texts_and_span_scores(made: tuple[Any, Path, Path, dict[str, Any]]) -> None:
    tagger = TaggerRuntime(made[1], made[3])
    out = tagger(["", TEXT], [[], find_all(TEXT)])
    assert out[0] == []
    for (_, start, end), score in out[1]:
        assert 0 <= start < end <= len(TEXT)
        assert 0 < score <= 1


def test_a_tagger_of_other_tags_is_refused(made: tuple[Any, Path, Path, dict[str, Any]]) -> None:
    with pytest.raises(BundleError, match="other tags"):
        TaggerRuntime(made[1], {**made[3], "marks": N_MARKS + 1})


def test_vocabulary() -> None:
    vocab = CharVocab(["村", "账"])
    assert vocab.encode("村账某 \n\ud800").tolist() == [FIRST, FIRST + 1, UNKNOWN, SPACE, SPACE, UNKNOWN]
    assert len(vocab) == FIRST + 2
    ids = vocab.encode("村账村账")
    pairs = pair_ids(ids, 10)
    assert pairs[1] == pairs[3]
    assert (pairs < 1024).all()
