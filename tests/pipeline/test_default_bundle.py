"""The shipped bundle: sound, and steady under noise."""

from __future__ import annotations

from pathlib import Path

import pytest

import petition_nlp
from helpers.noise import to_traditional_noise
from petition_nlp import PetitionNLP
from petition_nlp.bundle import open_bundle
from petition_nlp.corpus import read_labeled
from petition_nlp.pipeline import default_bundle_path
from petition_nlp.taxonomy import default_taxonomy


@pytest.fixture(scope="module")
def shipped() -> PetitionNLP:
    return petition_nlp.load()


def test_it_is_whole_and_documented(shipped: PetitionNLP) -> None:
    bundle = open_bundle(default_bundle_path())
    assert shipped.taxonomy.sha256 == default_taxonomy().sha256
    assert set(shipped.heads) == set(default_taxonomy().heads)
    card = bundle.read_text("MODEL_CARD.md")
    assert "## Must not be used for" in card
    assert "domains_macro_f1" in card
    assert {"dev", "dev_village"} <= set(bundle.manifest["metrics"])


def test_load_takes_the_name_the_design_uses(
    shipped: PetitionNLP, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert petition_nlp.load("models/default").info == shipped.info
    assert petition_nlp.load("default").info == shipped.info


@pytest.mark.parametrize(
    ("text", "domain", "kind"),
    [
        ("请问农村的低保怎么申请，需要哪些材料？", "low_income", "inquiry"),
        (
            "实名举报村支书陈某把村集体的鱼塘私自包给小舅子，三年账目从不公开，请纪委查处。",
            "village_asset",
            "accusation",
        ),
        ("我家房子去年被征收，过渡费停发八个月，安置房至今没有交付，请求解决。", "land", "appeal"),
        ("工地每天夜里打桩到两点，全小区老人孩子没法睡，请管一管施工噪音。", "project", "appeal"),
    ],
)
def test_plain_cases(shipped: PetitionNLP, text: str, domain: str, kind: str) -> None:
    document = shipped(text)
    assert domain in [d.id for d in document.domains]
    assert document.petition_type is not None
    assert document.petition_type.id == kind


def test_traditional_glosses_and_full_width_change_at_most_one_percent(shipped: PetitionNLP, shared_data: Path) -> None:
    texts = [t.text for name in ("dev", "dev_village") for t in read_labeled(shared_data / f"{name}.jsonl")]
    noisy = [to_traditional_noise(t, i) for i, t in enumerate(texts)]
    options = {"entities": False, "evidence": False}
    pairs = zip(shipped.pipe(texts, **options), shipped.pipe(noisy, **options), strict=True)
    changed = sum({d.id for d in a.domains} != {d.id for d in b.domains} for a, b in pairs)
    assert changed <= len(texts) // 100
