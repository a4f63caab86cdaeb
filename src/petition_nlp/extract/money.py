"""MONEY: sums with their rates, as amounts in CNY or in the currency that is named.

Found: 3.2万元, 五千块钱, 20多万, 2-3万元, 每亩36000元, 200元/月, 六块五, 16元5角, 人民币56万余元, 5亿美元; a sum whose
unit is only 万 or 亿 unless something is counted by it (20万人, 3万亩); a bare number after a word that speaks of money
(月入2000).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .base import Context, Match
from .numerals import Quantity, Reading, interval_value, parse, read_quantity, scan

_CURRENCIES = {
    "美元": "USD", "美金": "USD", "欧元": "EUR", "港元": "HKD", "港币": "HKD", "日元": "JPY", "英镑": "GBP",
    "韩元": "KRW", "卢布": "RUB", "新台币": "TWD", "台币": "TWD", "澳元": "AUD", "加元": "CAD", "澳门元": "MOP",
}  # fmt: skip
_FOREIGN = "|".join(sorted(_CURRENCIES, key=len, reverse=True))
# 元 begins 元月, 元旦, 元素 and 元宵 too; 块 counts fields and bricks; 毛 begins 毛病 and 毛坯.
_UNIT = re.compile(
    rf" ?(?:{_FOREIGN}|元(?:人民币|钱)?(?![旦宵素老件首区])|人民币|蚊"
    r"|毛钱|角钱|分钱|毛(?:多|(?=[，。、；！？）)左不一1]|$))"
    r"|块钱|块多?(?![多地田砖牌石板土水玻木电宅空林菜草山荒鱼塘区肉表硬屏黑展场基农耕]))"
)
_NO_UNIT = re.compile("")
_YUAN_COINS = re.compile(r"([0-9一二两三四五六七八九])角(?:([0-9一二两三四五六七八九])分)?")
_KUAI_COINS = re.compile(
    r"([1-9一二三四五六七八九半])(?:[毛角]钱?)?(?![0-9十百千万亿个名户人亩块米年月天张瓶次袋包台辆只头套件桶桌本])"
)
_COIN = {"毛": 0.1, "角": 0.1, "分": 0.01}

_PER = (
    "平方米|平方|平米|平|㎡|m2|m²|m3|m³|立方米|立方|公斤|斤|吨|亩|公顷|人|户|个月|月|年|天|日|学期|学年|学生|间|度|套|台|次|小时"
    "|株|棵|村|床|桶|期|门|股|车|张|头|只|趟|公里|米|家|生"
)
_RATE = re.compile(
    rf" ?[/∕](?:{_PER})(?:/(?:{_PER}))?|每(?!人|年|生)(?:{_PER})(?![以之])"
    r"|一个?平(?:方米|方|米)?(?![均时])|一(?:公?斤|吨|度电?)"
)
_RATE_BEFORE = re.compile(rf"(?:(?:每(?!家|天)(?:{_PER})){{1,2}}(?:一年)?|(?:一年)?一(?:亩|平方米|平方|平米|吨))$")
_ONE_RATE = re.compile(f"[每/∕一]({_PER})")
_RATE_NAMES = dict.fromkeys(("平方", "平米", "平", "㎡", "m2", "m²"), "平方米") | dict.fromkeys(("生", "学生"), "人")
_RATE_NAMES |= {"m3": "立方米", "m³": "立方米", "立方": "立方米", "个月": "月", "日": "天"}
_WORDS_BEFORE = re.compile("(?:人民币|[¥￥上好近])$")
_ONLY_BEFORE = {"上": "百千万亿", "好": "几", "近": "百千万亿"}  # 上万元 is one expression, 上3万元 is not
_APPROX_BEFORE = re.compile(r"(?:[近约上好]|将近|大概|差不多|大约)$")
_APPROX_AFTER = re.compile(r"左右|上下|出头")

_LARGE = re.compile("[万亿w]")
_IDIOMS = {"万", "万一", "万万", "万千", "千万", "亿", "千亿", "百亿", "万两"}
_NO_SUMS = {"十", "百", "千", "拾", "110", "119", "12315", "12318", "12333", "12345", "12358", "12369"}
_COUNTS_BEFORE = re.compile(
    "(?:人数|人次|人口|老年?人|难民|居民|教师|学员|员工|户数|产量|吞吐量|人流量|客流量)[^，。；、]{0,5}$"
)
_SOME = re.compile("(?<!千)[上近数]$")
_OTHER_UNITS = frozenset("年月日号时点栋楼层期路线级条款项章岁届")
_UNIT_BEGINS = frozenset(" 元块毛角分人蚊美欧港日英韩卢新台澳加-—–―~～至到、，,")
_RANGE_SIGNS = frozenset("-—–―~～至到、，,")
_ALONE = "百千万亿0123456789"
_COUNTED = re.compile(  # what is counted by 万 and so is no money
    r"[余多来]?[人户名亩平家台件只头辆列伏斤方级米里步分次倍丈字株棵吨套度位种剂架标枝桶例笔场盆幅版届项条所处份册日天篇道把个元块火]|年(?!薪)|公里|立方|公顷|千瓦"
    r"|货车|[帐账]户|有线|流动|居民|业主|的?老?百姓|村民|群众|市民|民众|学生|职工|农民|用户|住户|人口|师生|观众|党员|干部|老人|当量|开间|之[0-9]"
)
_MONEY_BEFORE = re.compile(  # words that speak of money when a bare number follows; after the sure ones anything may
    r"(?:(?P<sure>工资|[月年]薪|月入|收入|[均单报定限售票房底]价|楼面价|价格|价钱|费用?|补贴|罚款|充值|[押定订奖本租约罚]金|人民币)"
    r"|绩效|补助|款|赔偿?|(?<!公)交|缴纳?|付|罚|扣|花|收取?|要|给|领|拿|借|欠|挣|赚|输|卖|涨到?|剩|余下|分[了得到]|掏|租|返|退|发|[合总共]计|月|每年|标准"
    r"|到手|待遇|工钱|吃了|除去|报销?|每[户人家]|投资|投入|享有|享受|本该|该打|查|送|价)"
    r"(?:了|到|还|的|是|为|才|只|仅|得|约|就|只有|在|达|高达|成|要|一月|一年)?$"
)
_MONEY_AFTER = re.compile(
    r"(?:左右|以上|不等|出头)?的?(?:(?![天年月次个份期周日名人门科])[一-鿿]{1,3}费(?!者)|[均单]价|价格|[押定订奖本租]金|工资|[月年]薪|薪水|绩效|费用|房款|补贴|补偿|待遇|罚款|工钱|套餐)"
)
_CLAUSE_END = re.compile(
    r"左右|以[上下]|不等|出头|上下|$|[，。；！？、）)\s,;!?”\"]|[.](?![0-9])|的(?![人户])|一(?:个[月，。]|次|瓶|年|天|度|吨|间|台)"
)
_YEARS = re.compile("(?:19|20)[0-9]{2}[-—–~～至到]{1,2}(?:19|20)[0-9]{2}(?![0-9元])")
_SPOKEN_END = re.compile(r"$|[，。；！？）)\s,;!?”\"]|[我你他她还就才都也来没从]")
_COUNTED_BEFORE = ("口", "人", "员", "户", "数", "分", "第", "约")


class MoneyRecognizer:
    """Sums of money; the module's description lists the forms, docs/values.md the value."""

    type = "MONEY"

    def find(self, text: str, context: Context) -> list[Match]:
        numerals = scan(text)
        found: list[Match] = []
        index, free = 0, 0
        while index < len(numerals):
            start = numerals[index][0]
            match = None
            if start >= free and text[start - 1 : start] != "*":  # the rest of a masked number is nothing
                match, index = self._at(text, numerals, index, free)
            if match:
                found.append(match)
                free = match.end
            index += 1
        return found

    def _at(self, text: str, numerals: Sequence[tuple[int, int]], index: int, free: int) -> tuple[Match | None, int]:
        """The sum that begins with numeral ``index`` (or None), and the last numeral it used."""
        start, end = numerals[index]
        after = text[end : end + 1]
        if after in _OTHER_UNITS or (end - start == 1 and text[start] not in _ALONE and after not in _UNIT_BEGINS):
            return None, index  # dates, floors, and 一 and 两: most numerals of a text
        reading = read_quantity(text, numerals, index, _UNIT)
        if reading:
            return (
                (_match(text, reading, free, "unit", 0.98), reading.last) if _is_sum(text, reading) else (None, index)
            )
        if end - start == 1 and text[start] not in _ALONE and after not in _RANGE_SIGNS:
            return None, index
        reading = read_quantity(text, numerals, index, _NO_UNIT)
        if reading is None:
            return None, index
        token = text[numerals[reading.last][0] : reading.end]
        before = text[max(0, reading.start - 8) : reading.start]
        rule, score = "", 0.0
        if _LARGE.search(token):
            some = token not in _IDIOMS or _SOME.search(before)
            if some and not _COUNTED.match(text, reading.end) and not _COUNTS_BEFORE.search(before):
                rule, score = "large", 0.9
        elif _is_bare_sum(text, reading, token, before):
            rule, score = "cue", 0.85
        elif reading.quantity.high >= 1 and _RATE.match(text, reading.end):
            rule, score = "rate", 0.85
        return (_match(text, reading, free, rule, score), reading.last) if rule else (None, index)


def _is_bare_sum(text: str, reading: Reading, token: str, before: str) -> bool:
    """Whether a number without unit is money by the words beside it: 月入2000, 罚款二百, 3000的押金."""
    if reading.quantity.high < 10 or token in _NO_SUMS or _YEARS.match(text, reading.start):
        return False
    if _MONEY_AFTER.match(text, reading.end):
        return True
    after = text[reading.end : reading.end + 1]
    if _COUNTED.match(text, reading.end) or (after.isascii() and after.isalnum()):
        return False
    if not (cue := _MONEY_BEFORE.search(before)):
        # 七千多 and 一百八 at the end of a clause, with nothing counted: people say sums so
        spoken = len(token) > 1 and not token.isascii() and ("百" in token or "千" in token) and "半" not in token
        return spoken and bool(_SPOKEN_END.match(text, reading.end)) and not before.endswith(_COUNTED_BEFORE)
    return bool(cue["sure"] or "百" in token or "千" in token or _CLAUSE_END.match(text, reading.end))


def _is_sum(text: str, reading: Reading) -> bool:
    """Whether the unit speaks of money here: 一块 and 两块 count things, 一分钱 is no sum."""
    unit, token = reading.unit.strip(), text[reading.start : reading.end - len(reading.unit)]
    if token in ("万", "亿"):  # 万元 alone is a kind of sum, 上万元 is one
        return text[reading.start - 1 : reading.start] in ("上", "近", "达", "逾", "数")
    if unit in ("分钱", "毛钱") and token == "一":
        return False  # 没有一分钱
    if unit == "块" and reading.quantity.high < 3 and not reading.quantity.approx:
        return bool(_KUAI_COINS.match(text, reading.end))
    return True


def _match(text: str, reading: Reading, free: int, rule: str, score: float) -> Match:
    """The match for a reading, widened by the rate, coins and words of the sum; not back beyond ``free``."""
    start, end, unit = reading.start, reading.end, reading.unit.strip()
    quantity = reading.quantity.times(_COIN.get(unit[:1], 1.0))
    coins = _YUAN_COINS.match(text, end) if unit == "元" else _KUAI_COINS.match(text, end) if unit == "块" else None
    if coins:
        parts = zip(coins.groups(), (0.1, 0.01), strict=False)
        extra = sum(number.low * factor for part, factor in parts if part and (number := parse(part)))
        quantity = Quantity(quantity.low + extra, quantity.high + extra, quantity.approx)
        end = coins.end()
    rates = ""
    if after := _RATE.match(text, end):
        rates, end = after[0], after.end()
    before = text[max(free, start - 12) : start]
    approx = quantity.approx or bool(_APPROX_BEFORE.search(before) or _APPROX_AFTER.match(text, end))
    if (rate := _RATE_BEFORE.search(before)) and (rule == "unit" or not rate[0].endswith(("月", "年"))):
        rates, start = rate[0] + rates, start - len(rate[0])
    elif (words := _WORDS_BEFORE.search(before)) and (
        words[0] not in _ONLY_BEFORE or text[start] in _ONLY_BEFORE[words[0]]
    ):
        start -= len(words[0])
    value: dict[str, Any] = interval_value("amount", quantity.roughly(approx))
    value["currency"] = next((code for name, code in _CURRENCIES.items() if name in unit), "CNY")
    if per := dict.fromkeys(_RATE_NAMES.get(name, name) for name in _ONE_RATE.findall(rates)):
        value["per"] = "/".join(per)
    return Match("MONEY", start, end, value, score, rule)
