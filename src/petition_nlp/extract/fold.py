"""One-to-one character folding, so that recognisers meet one spelling of digits, signs and numerals.

Normalised text (package ``text``) needs none of this; it makes the recognisers usable on raw text as well.
The result has the same length as the input, so offsets stay valid.
"""

from __future__ import annotations

import re

# Only characters that some grammar looks at: numerals, units, calendar words and the cue words beside them.
_TRADITIONAL = "萬億兩貳參陸幾數餘來個塊圓圆錢幣畝頃戶號歲農臘曆節間學後舊條國點發電話證銀車約從當開補罰繳賠債費價"
_SIMPLIFIED = "万亿两贰叁陆几数余来个块元元钱币亩顷户号岁农腊历节间学后旧条国点发电话证银车约从当开补罚缴赔债费价"
_SIGNS = "．／－＃＋＊＿＜＞￥　"
_PLAIN = "./-#+*_<>¥ "
_WIDE = [code for low, high in ("０９", "ＡＺ", "ａｚ") for code in range(ord(low), ord(high) + 1)]

_TABLE = dict(zip(map(ord, _TRADITIONAL + _SIGNS), _SIMPLIFIED + _PLAIN, strict=True))
_TABLE.update((code, chr(code - 0xFEE0)) for code in _WIDE)
_FOLDABLE = re.compile(f"[{''.join(map(re.escape, map(chr, _TABLE)))}]")


def fold(text: str) -> str:
    """The text with full-width digits, letters and signs and common traditional numerals made plain, length kept."""
    return text.translate(_TABLE) if _FOLDABLE.search(text) else text
