"""The damage that conversions do to texts, made on purpose to prove that results do not depend on it."""

from __future__ import annotations

import random
from functools import lru_cache

# Readings of common characters, simplified and traditional forms share them.
_READINGS = {
    "关": "guān", "区": "qū", "设": "shè", "续": "xù", "风": "fēng", "经": "jīng", "发": "fā", "调": "diào",
    "联": "lián", "构": "gòu", "领": "lǐng", "导": "dǎo", "学": "xué", "习": "xí", "项": "xiàng", "资": "zī",
    "产": "chǎn", "务": "wù", "众": "zhòng", "书": "shū", "记": "jì", "员": "yuán", "会": "huì", "县": "xiàn",
    "镇": "zhèn", "乡": "xiāng", "户": "hù", "费": "fèi", "钱": "qián", "报": "bào", "举": "jǔ", "实": "shí",
    "问": "wèn", "题": "tí", "办": "bàn", "请": "qǐng", "说": "shuō", "过": "guò", "还": "hái", "这": "zhè",
    "时": "shí", "来": "lái", "对": "duì", "没": "méi", "车": "chē", "长": "zhǎng", "两": "liǎng", "万": "wàn",
    "亩": "mǔ", "补": "bǔ", "偿": "cháng", "农": "nóng", "楼": "lóu", "业": "yè", "质": "zhì", "给": "gěi",
    "个": "gè", "们": "men", "国": "guó", "处": "chù", "村": "cūn", "低": "dī", "保": "bǎo", "女": "nǚ",
    "旅": "lǚ", "略": "lüè",
}  # fmt: skip


@lru_cache(maxsize=1)
def _traditional() -> dict[int, str]:
    from opencc import OpenCC

    codes = range(0x4E00, 0xA000)
    converted = OpenCC("s2t").convert("\n".join(map(chr, codes))).split("\n")
    return {code: char for code, char in zip(codes, converted, strict=True) if len(char) == 1}


def to_traditional_noise(text: str, seed: int) -> str:
    """``text`` in traditional characters and full-width digits, with pinyin behind 3–8 % of its Chinese characters.

    Fewer get a gloss when too few of them are in the table of readings. The same seed gives the same result.
    """
    chance = random.Random(seed)
    places = [place for place, char in enumerate(text) if char in _READINGS]
    chinese = sum("\u4e00" <= char <= "\u9fff" for char in text)
    glossed = set(chance.sample(places, min(len(places), round(chinese * chance.uniform(0.03, 0.08)))))
    brackets = chance.choice(("()", "（）"))
    parts: list[str] = []
    for place, char in enumerate(text):
        parts.append(chr(ord(char) + 0xFEE0) if "0" <= char <= "9" else _traditional().get(ord(char), char))
        if place in glossed:
            parts.append(brackets[0] + _READINGS[char] + brackets[1])
    return "".join(parts)
