"""Pinyin glosses."""

from __future__ import annotations

import pytest

from petition_nlp.text import Normalizer, normalize
from petition_nlp.text.gloss import SYLLABLES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("關(guān)鍵在人", "关键在人"),
        ("群眾（zhòng）的領(lǐng)導(dǎo)", "群众的领导"),
        ("女(nǚ)、略(lüè)、绿(lǜ)", "女、略、绿"),
        ("关(gua\u0304n)键", "关键"),
        ("关(ɡuān)大(dɑ\u0300)", "关大"),
        ("群众(qún zhòng)路线(lùxiàn)", "群众路线"),
        ("我們(men)關(guān)心", "我们关心"),
        ("关(guān)(guān)键", "关键"),
        ("啊(ā)", "啊"),
    ],
)
def test_removed(text: str, expected: str) -> None:
    n = normalize(text)
    assert n.text == expected
    assert "glosses_removed" in n.notes


@pytest.mark.parametrize(
    "text",
    [
        "选项(a)和(b)", "距离(km)", "浓度(ppm)", "面积(mu)", "我们(men)", "(guān)键", "a(guān)", "关(GUĀN)",
        "咖啡(café)", "关(guān", "关guān)", "关(xyzā)", "歌厅(ktv)", "关()", "关(nǐhaoworld)",
    ],
)  # fmt: skip
def test_kept(text: str) -> None:
    assert normalize(text).identity


def test_a_single_letter_is_an_option_even_beside_glosses() -> None:
    assert normalize("关(guān)键选(a)项").text == "关键选(a)项"


def test_span_over_a_gloss() -> None:
    text = "關(guān)鍵在人"
    n = normalize(text)
    assert text[slice(*n.to_original(0, 2))] == "關(guān)鍵"
    assert text[slice(*n.to_original(0, 1))] == "關"
    assert n.to_normalized(1, 7) == (1, 1)


def test_syllables() -> None:
    assert 395 <= len(SYLLABLES) <= 420
    assert {"zhuang", "er", "nü", "qiong", "a"} <= SYLLABLES
    assert not {"", "ng", "zhi1", "bua", "km"} & SYLLABLES


def test_switched_off() -> None:
    assert Normalizer(strip_glosses=False).normalize("关(guān)").identity
