"""HEADCOUNT: numbers of people and households, with the noun that says of whom when it belongs to the number.

Found: 三百多户, 7名村民, 全组46户198口人, 几十名老人, 2000多村民, 近百户居民, 一家三口, 1.2万人次. Not found:
一名, 一位, 一个 (an article rather than a number), ordinals, 千家万户, and counts of things.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .base import Context, Match
from .numerals import Reading, interval_value, parse, read_quantity, scan

_HEADS = (  # nouns for people; compounds before their parts
    "业主代表|业主子女|村民代表|学生家长|购房者|受害者|受害人|出借人|投资者|投资人|消费者|志愿者|经营者|劳动者|需求者|遇难者|幸存者|代理人|嫌疑人|申请人|当事人"
    "|负责人|责任人|农民工|残疾人|贫困生|在校生|小学生|中学生|大学生|研究生|毕业生|新生|考生|干部职工|教职员工|教职工|村干部|中老年人|老年人|未成年人|成年人|青少年"
    "|青年|工作人员|农技人员|机组人员|离退休人员|贷款客户|父老乡亲|农村人口|失地农民|环卫工人|退役军人|官兵|战士|运动员|航天员|审核员|保洁员|技术员|驾驶员|船员"
    "|业主|居民|村民|乡民|公民|移民|难民|灾民|平民|群众|市民|民众|老百姓|百姓|人民|师生|学生|学员|学子|教师|老师|教授|专家|律师|法官|职工|员工|工人|民工|农民"
    "|家长|干部|官员|议员|保安|老人家?|孩子|小孩子?|儿童|幼儿|婴儿|女孩|男孩|娃娃|娃|住户|用户|客户|商户|租户|储户|农户|车主|商家|摊主|商贩|老板|股东|党员"
    "|代表|委员|成员|队员|社员|演员|民警|辅警|警察|特警|医生|护士|患者|病人|伤员|游客|乘客|旅客|司机|妇女|女工|男子|女子|女生|男生|老乡|同学|同事|亲属|家属|工友"
    "|选手|歌手|旗手|孤儿|子女|后生|侄子|男人|女人|考官|裁判|学者|会员|人才|人员|烈士|军人|老兵|士兵|家庭|居住人|邻居|寿星|IT人|人口|伢子"
)
# Compounds may follow one another (学生家长, 干部人才); 居民区, 村民小组, 幼儿园 and the like are no people.
_PEOPLE = rf"(?P<of>(?:{_HEADS}){{1,2}})(?![证房楼群委会区园组员]|小组|小区|代表大会|自治|报刊|法院)"
_NO_GAP = "0-9一二三四五六七八九十百千万亿的在被把和与及或了是都有无没未因以到于"
_GAP = rf"(?:在[编岗校]|被[俘困骗]|无人|初[一二三]|第[一二三四五六七八九十]批|五保|[^\W{_NO_GAP}])"
_NOUN = re.compile(rf"的?{_GAP}{{0,8}}?{_PEOPLE}")
_NEAR_NOUN = re.compile(rf"(?:五保|[^\W{_NO_GAP}月后前年天日区组村镇乡县市栋单]){{0,4}}?{_PEOPLE}")
_DIRECT = re.compile(rf"(?:受害|原|流动|常住|应届|拆迁|幼年|铁路|当地|全体)?{_PEOPLE}(?![币路街村镇法检大])")
# Between 万 and the noun more may stand, since nothing but people is counted so: 300多万专业技术人员
_LARGE_DIRECT = re.compile(
    rf"[^\W{_NO_GAP}元块给让向对卖欠借交付买还送从用里个公平]{{1,5}}?(?P<of>人员|人口|国人|居民|百姓|人民|教师|学生|民众|群众|毕业生|农民工?|老人)(?![币路街村镇法检大证房楼委会区])"
)
_HOUSEHOLD = re.compile("遗留村民|(?P<of>居民|村民|业主(?!委)|家庭|人家|搬迁群众|脱贫户|残疾人|贫困户|购房者|邻居)")
_UNIT = re.compile(
    " ?[多余来]?(?:户|名|位|个人(?![才民口流行均员家])|个|家人|号人|口余?人|口|人次"
    "|人口?(?![口民才均家工行流们员气群物力类格情心字大马选社寿道防户之影]))"
)
_NO_UNIT = re.compile("")
_FAMILY = re.compile("一家([一二两三四五六七八九十]{1,2}|[0-9]{1,2})口(?!之家|的?家庭)人?")
_MORE_BEFORE = re.compile("(?:成[百千]上|(?<![附将接最靠])近|上|好|逾)$")
_MORE_AFTER = {"上": re.compile("[百千万亿]|十[万余多来]"), "好": re.compile("几")}
_GROUP_BEFORE = re.compile("(?:全(?:小区|[村组屯镇乡队社国])|夫妻|夫妇|父子)$")
_PEOPLE_HAVE = re.compile(rf"(?:{_HEADS})有?$")
_UNIT_BEGINS = frozenset(" 户名位个家号口人多余来-—–―~～至到、，,")
_NOUN_BEGINS = frozenset({noun[0] for noun in _HEADS.split("|")} | set("受原流常应拆幼铁当全"))
_NO_NOUN = frozenset("元块 ，。、,.；的亩平年月日名位个口户")
_NOT_HOUSES = tuple("型主口均外籍门内")
_VAGUE = ("一", "几", "数", "1", "半")
_PERSONS = re.compile("[多余来]?(?:人|口人|口)(?![民才均家])")
_KNOWN_FEW = tuple("有等共仅只达计夫妻子女")  # 两人 counts somebody only after such a character


class HeadcountRecognizer:
    """Numbers of people and households; the module's description lists the forms, docs/values.md the value."""

    type = "HEADCOUNT"

    def find(self, text: str, context: Context) -> list[Match]:
        numerals = scan(text)
        found: list[Match] = []
        index = free = 0
        while index < len(numerals):
            start, end = numerals[index]
            family = _FAMILY.match(text, start) if text[end : end + 1] == "家" else None
            if family and start >= free:
                found.append(_family(text, family))
                free = family.end()
            elif start >= free and text[start - 1 : start] != "*":
                after = text[end : end + 1]
                match, last = _counted(text, numerals, index, free) if after in _UNIT_BEGINS else (None, index)
                if match is None and _may_be_bare(text, start, end, after):
                    match, last = _bare(text, numerals, index, free)
                if match:
                    found.append(match)
                    free, index = match.end, last
            index += 1
        return found


def _bare(text: str, numerals: Sequence[tuple[int, int]], index: int, free: int) -> tuple[Match | None, int]:
    """A number right before a noun for people, without a classifier: 2000多村民. Round, so no room and no year."""
    reading = read_quantity(text, numerals, index, _NO_UNIT)
    if reading is None or reading.quantity.high < 20:
        return None, index
    token, noun = text[slice(*numerals[reading.last])], _DIRECT.match(text, reading.end)
    if noun is None and len(token) > 1 and token[-1] in "万亿多" and ("万" in token or "亿" in token):
        noun = _LARGE_DIRECT.match(text, reading.end)
    if noun is None or token in ("万一", "万千") or (token.isdigit() and not token.endswith("00")):
        return None, index
    return _match(text, reading, free, noun.end(), noun["of"], "noun", 0.85), reading.last


def _may_be_bare(text: str, start: int, end: int, after: str) -> bool:
    if text[end - 1] in "万亿多":
        return after not in _NO_NOUN
    return after in _NOUN_BEGINS and (end - start > 1 or text[start] in "百千")


def _counted(text: str, numerals: Sequence[tuple[int, int]], index: int, free: int) -> tuple[Match | None, int]:
    """The count with a classifier that begins with numeral ``index`` (or None), and the last numeral it used."""
    reading = read_quantity(text, numerals, index, _UNIT)
    if reading is None:
        return None, index
    unit, token = reading.unit.lstrip("多余来 "), text[slice(*numerals[index])]
    after, of, last = reading.end, None, reading.last
    if unit == "户":
        if (
            text[after : after + 1] in _NOT_HOUSES
            or text[reading.start - 1 : reading.start] == "梯"
            or token in ("一", "几", "万")
            or token[0] == "0"
        ):
            return None, index
        if noun := _HOUSEHOLD.match(text, after):
            after, of = noun.end(), noun["of"]
        elif (
            last + 1 < len(numerals)
            and numerals[last + 1][0] == after
            and (people := _PERSONS.match(text, numerals[last + 1][1]))
        ):
            last += 1  # 6户29人
            members = parse(text[slice(*numerals[last])])
            match = _match(text, reading, free, people.end(), None, "households", 0.9)
            if members and match.value:
                match.value["people"] = int(members.low)
            return match, last
    elif unit in ("名", "位", "个"):
        if token in _VAGUE or text[reading.start - 1 : reading.start] in ("前", "第", "每"):
            return None, index
        noun = (_NEAR_NOUN if unit == "个" else _NOUN).match(text, after)
        if noun:
            after, of = noun.end(), noun["of"]
        elif (unit == "个" and not _counts_people(text, reading)) or (unit == "位" and reading.quantity.high < 10):
            return None, index
    elif (
        unit == "家"
        or (unit == "口" and not _is_people(text, reading))
        or (unit == "人" and token in ("二", "两") and text[reading.start - 1 : reading.start] not in _KNOWN_FEW)
        or token in _VAGUE[:3]
        or (token == "万" and not _MORE_BEFORE.search(text[max(0, reading.start - 3) : reading.start]))
    ):
        return None, index
    return _match(text, reading, free, after, of, "unit", 0.9), last


def _counts_people(text: str, reading: Reading) -> bool:
    """Whether 个 counts people named before it: 患者有5个，"""
    before = text[max(0, reading.start - 5) : reading.start]
    return text[reading.end : reading.end + 1] in tuple("，。、；！,.") and bool(_PEOPLE_HAVE.search(before))


def _is_people(text: str, reading: Reading) -> bool:
    """Whether 口 counts mouths and not wells: 一百多口, 一千口子, 320口村民."""
    return reading.quantity.high >= 10 and text[reading.end : reading.end + 1] in tuple("子，。、；村")


def _family(text: str, m: re.Match[str]) -> Match:
    size = parse(m[1])
    return Match(
        "HEADCOUNT", m.start(), m.end(), {"number": int(size.low) if size else 1, "unit": "口"}, 0.95, "family"
    )


def _match(text: str, reading: Reading, free: int, end: int, of: str | None, rule: str, score: float) -> Match:
    start = reading.start
    approx = reading.quantity.approx
    before = text[max(free, start - 3) : start]
    more = _MORE_BEFORE.search(before)
    if more and (more[0] not in _MORE_AFTER or _MORE_AFTER[more[0]].match(text, start)):
        start, approx = start - len(more[0]), True
    elif reading.unit.lstrip("多余来 ")[:1] in "人户口" and (group := _GROUP_BEFORE.search(before)):
        start -= len(group[0])
    approx = approx or before.endswith("约") or text.startswith("左右", end)
    value: dict[str, Any] = {
        key: int(number) if key != "approx" else number
        for key, number in interval_value("number", reading.quantity.roughly(approx)).items()
    }
    value["unit"] = reading.unit.lstrip("多余来 ") or "人"
    if of:
        value["of"] = of
    return Match("HEADCOUNT", start, end, value, score, rule)
