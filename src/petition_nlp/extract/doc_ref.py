"""DOC_REF: laws, rules, document titles and document numbers, with the article cited.

Found: 《土地管理法》第四十七条第二款 (one span), 《…办法》（建金管〔2005〕5号）, 国办发〔2019〕1号 with any brackets,
市政府第60号令, （2018）京01民初12号, GB50096-2011, a bare 劳动法 or 物业管理条例第三十条, the title line of a rule.
Newspapers, programmes, novels and web sites in 《》 are no documents.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .base import Context, Match

_N = "一二三四五六七八九十百零〇0-9"
_CJK = "一-鿿"
_YEAR = r"(?:[〔\[【（(﹝［{] ?(?:19|20)[0-9]{2} ?年?[〕\]】）)﹞］}]年?|(?:19|20)[0-9]{2}年?[-—]{0,2})"

_ARTICLES = re.compile(
    rf" ?(?P<article>(?:第[{_N}]{{1,7}}[章节编] ?[，,]? ?)?第[{_N}]{{1,7}}[条款卷]"
    rf"(?:第?[（(]?[{_N}]{{1,3}}[)）]?[款项目]){{0,2}}(?:(?:、|和|及|与|或者|至|以及)第?[{_N}]{{1,7}}条(?:第[{_N}]{{1,3}}款)?){{0,9}}"
    rf"|[{_N}]{{1,4}}条|[0-9](?:\.[0-9]{{1,2}}){{1,3}}条?)"
)

_BOOK = re.compile(r"《((?:[^《》\n]|《[^《》\n]{1,80}》){1,120})》")
_BOOK_NUMBER = re.compile(  # a number, a standard or a year in brackets behind a title
    rf" ?[（(\[【〔](?:[^（）()《》\n]{{0,24}}?(?:{_YEAR}[^（）()《》\n]{{0,8}}号|第?[0-9]{{1,5}}号令?)"
    rf"|[A-Za-z]{{2,4}}/?T? ?[0-9]{{3,6}}[-—0-9]{{0,6}}|[{_CJK}]{{2,6}}发号"
    rf"|简称[0-9]{{1,5}}号令|编号[^（）()]{{1,12}}|[0-9]{{4}}年[{_CJK}]{{0,4}}(?:发布|实施|修[正订])[{_CJK}]{{0,4}})[）)\]】〕]"
)
_KINDS = (
    "法|法律|条例|办法|规定|细则|规则|规范|准则|标准|通则|规程|章程|制度|公约|协定|协议|合同|意见|通知|通告|公告|公示|决定|决议|命令|批复|复函|函|纪要|报告|规划"
    "|计划|方案|预案|纲要|措施|要点|总规|控规|设计|目录|名录|清单|手册|指南|指引|解释|说明|须知|简章|许可|许可证|登记表|界址表|申请表|公式表|一览表|审批表|备案表|记录表"
    "|合格证|承包证|权证|[书函单令号表]|证明|承诺|全集|文选|政策|答复|评价|交接单|呼吁|文件|调查|简报|条件|汇编|请示|守则|口径|条款|安检|倡议|宣言|共识|公报|规约|法典"
)
_IS_DOCUMENT = re.compile(rf"(?:{_KINDS})(?:（[^（）]{{1,12}}）|\([^()]{{1,12}}\)|>|”|第?[0-9]{{1,4}})?$|^<?关于")
_NO_DOCUMENT = re.compile("晚报|日报|晨报|呼声|问政|新闻|营业执照|登记证书?$|节目|栏目|网$|公司$")

# Numbers are read backwards from their 号: the text up to it is searched with these.
_BEFORE_MARK = frozenset("0123456789 ）)一二三四五六七八九十百零〇")
_MARK = re.compile("号(?:令|文件|文)?")
_NUMBER = re.compile(rf"(?:字 ?)?{_YEAR} ?(?:第 ?)?[0-9]{{1,5}} ?号$|字第 ?[：:]?[0-9]{{2,12}}号$")
_ORDER = re.compile(
    rf"(?:令 ?第?|第)?[{_N}]{{1,4}}号令$|令 ?第[{_N}]{{1,4}}号$|第?[0-9]{{1,5}}号文件$|第[0-9]{{1,5}}号文$"
)
_COURT = re.compile(
    rf"(?:[（(〔\[](?:19|20)[0-9]{{2}}[）)〕\]]|(?:19|20)[0-9]{{2}}年)[{_CJK}]{{1,2}}[0-9]{{0,6}}[民刑行执破赔知][{_CJK}]{{0,3}}[0-9]{{1,6}}号$"
)
_REDACTED = "[政府发文]"  # what pseudonymised texts have in place of an issuer's name
_REDACTED_NUMBER = re.compile(r"\[政府发文\]第?[0-9]{1,5}号$")
_BRACKET = re.compile(r"[〔\[【（(﹝［{]")

_LAWS = frozenset(
    [
        "劳动合同法",
        "劳动法",
        "物权法",
        "合同法",
        "宪法",
        "刑法",
        "民法典",
        "民法通则",
        "环境保护法",
        "环保法",
        "消防法",
        "土地管理法",
        "土地法",
        "国土法",
        "义务教育法",
        "慈善法",
        "社会保险法",
        "政府采购法",
        "招标投标法",
        "招投标法",
        "价格法",
        "反垄断法",
        "消费者权益保护法",
        "消法",
        "残疾人保障法",
        "民事诉讼法",
        "刑事诉讼法",
        "行政诉讼法",
        "行政复议法",
        "行政许可法",
        "行政处罚法",
        "建筑法",
        "城乡规划法",
        "安全生产法",
        "农村土地承包法",
        "村民委员会组织法",
        "妇女权益保障法",
        "未成年人保护法",
        "老年人权益保障法",
        "道路交通安全法",
        "食品安全法",
        "产品质量法",
        "公务员法",
        "监察法",
        "立法法",
        "信访条例",
        "信访工作条例",
        "物业管理条例",
        "工伤保险条例",
        "个人所得税法",
        "城市管理条例",
        "大气污染防治法",
        "铁路法",
        "药品管理法",
    ]
)
_LAW_LENGTHS = sorted({len(law) for law in _LAWS}, reverse=True)
_LAW_END = re.compile("(?:法(?:典|通则)?|条例)(?![律院规庭官人定盲学治])")
_LAW_BEFORE = re.compile("(?:中华人民共和国|新)$")
_RULE_END = re.compile(rf"(?:条例|办法|规定|细则|规范|标准|法|协议|意见)(?=第?[{_N}]{{1,7}}条)")
_RULE_WORD = re.compile(
    "条例|办法|规定|细则|规范|规则|公约|规约|民约|方案|意见|通知|公告|准则|标准|解释|报告|法[）)”\"'\n]"
)
_CITED = re.compile(
    rf"(?:根据|依据|按照|依照|违反了?|违背了?|符合|遵守)(?![{_CJK}]{{0,8}}(?:相关|有关|法律|设计和))(?!本|该|此|上述|以上)"
    rf"(?P<name>[{_CJK}]{{2,24}}?(?:条例|办法|管理规定|实施细则|(?:设计|技术|管理|施工|建设|服务|安全)规范|暂行规定|指导意见|工作报告))(?=[^之是的]|的[规有精相要])"
)
_ABOUT = re.compile(rf"关于[{_CJK}、]{{4,40}}?的(?:公告|通知|若干规定|若干意见|通报|指导意见|实施意见|暂行规定)(?!书)")
_QUOTED = re.compile(
    rf"[（(“\"'](?P<name>关于[{_CJK}]{{4,40}}的(?:通知|公告|通告|意见|决定|办法|规定)|[{_CJK}]{{3,40}}(?:条例|实施细则|公约"
    r"|(?:管理|实施|暂行|补偿|奖励|处理)办法|(?:若干|暂行|管理)规定|(?:设计|技术|管理)规范))(?=[）)”\"'])"
)
_TITLE = re.compile(
    rf"\s*(?P<name>[^\s，。！？:：《》]{{4,70}}(?:条例|办法|规定|法|细则|规则|公约|规约|民约|方案|解释（[{_N}]）))(?=\n|（)"
)
_NO_TITLE = re.compile("咨询|投诉|举报|反映|请求|违反|违法|不合|不符|看法|建议|希望|要求|转让|合法|补偿规定")
_SLOGAN = re.compile(
    "八项规定|中央一号文件|新政|政策|“十[一二三四五]五”(?:交通|发展)?规划|‘十[一二三四五]五’规划|政府工作报告"
)
_DAY_NUMBER = re.compile("[^0-9]?[0-9]{3}")
_STANDARD = re.compile(
    r"(?:GB|gb|JGJ|jgj|CJJ|cjj|HJ|DB|JB|jb)(?:[/ ]?T)?[ -]?[0-9]{3,6}(?:[-—一](?:19|20)[0-9]{2})?(?![0-9])"
)
_SIGNS = re.compile("[《法例号Gg规]")

# Where the name of an issuer in front of a number begins: after a verb, a preposition or a particle.
_STOP = re.compile(
    "根据|依据|按照|依照|撤销|作出|违反|违背|发布|印发|下发|颁发|颁布|属于|请求|上级|下达|给予|贯彻|执行|落实|提供|作废|通过|关于|明确|约定|报告|批准|被申诉人|被申请人|原件|审批|规定"
    "|共和国|我国|国家|文件|编号|许可证|证号|附件|公布|遵守|符合|触犯|办公室(?=..)|[局厅府](?=.{3})|[的是由在于与和及为有了等被从即按到因我们你据至该此持这说应经以个将对向属]"
)
_ISSUER = re.compile("(?:政府|国务院|部|局|委|厅|市|省|区|县|会|国法|院)$")


class _Part(NamedTuple):
    """A name or a number, before neighbours are joined and the article is added."""

    start: int
    end: int
    title: str | None
    number: str | None
    issuer: str | None
    rule: str
    score: float


_JOINED = {("number", "book"), ("order", "book"), ("book", "standard"), ("book", "number")}
_NO_ARTICLE = ("title", "court")


class DocRefRecognizer:
    """Laws, titles and document numbers; the module's description lists the forms, docs/values.md the value."""

    type = "DOC_REF"

    def find(self, text: str, context: Context) -> list[Match]:
        if not _SIGNS.search(text):
            return []
        found: list[Match] = []
        parts = _parts(text)
        index = 0
        while index < len(parts):
            part = parts[index]
            # 国办发〔2019〕1号《关于…的通知》 and 《…规范》GB50096-2011 are one reference
            while index + 1 < len(parts) and (joined := _join(text, part, parts[index + 1])):
                part, index = joined, index + 1
            article = _ARTICLES.match(text, part.end) if part.rule not in _NO_ARTICLE else None
            end = article.end() if article else part.end
            cited = article["article"] if article else None
            value = {"title": part.title, "number": part.number, "article": cited, "issuer": part.issuer}
            known = {key: text for key, text in value.items() if text}
            found.append(Match("DOC_REF", part.start, end, known, part.score, part.rule))
            index += 1
            while index < len(parts) and parts[index].start < end:
                index += 1
        return found


def _parts(text: str) -> list[_Part]:
    """Every name and number in order; of two that overlap the one that begins first, or else the longer."""
    parts = _names(text)
    if "《" in text:
        parts += _books(text)
    if "号" in text:
        parts += _numbers(text)
    parts.sort(key=lambda part: (part.start, -part.end))
    kept: list[_Part] = []
    for part in parts:
        if not kept or part.start >= kept[-1].end:
            kept.append(part)
    return kept


def _join(text: str, part: _Part, following: _Part) -> _Part | None:
    """Number and title side by side as one reference, or None when they are two."""
    if (part.rule, following.rule) not in _JOINED or text[part.end : following.start].strip() not in ("", "文件"):
        return None
    title, number, issuer = (first or second for first, second in zip(part[2:5], following[2:5], strict=True))
    return _Part(part.start, following.end, title, number, issuer, part.rule, part.score)


def _books(text: str) -> list[_Part]:
    parts = []
    for m in _BOOK.finditer(text):
        title = m[1].strip()
        if _NO_DOCUMENT.search(title) or not _IS_DOCUMENT.search(title):
            continue
        number = _BOOK_NUMBER.match(text, m.end())
        end, inner = (number.end(), number[0].strip()[1:-1]) if number else (m.end(), None)
        parts.append(_Part(m.start(), end, title, inner, None, "book", 0.95))
    return parts


def _numbers(text: str) -> list[_Part]:
    parts = []
    for mark in _MARK.finditer(text):
        if text[mark.start() - 1 : mark.start()] not in _BEFORE_MARK:
            continue
        floor, end = max(0, mark.start() - 40), mark.start() + 1
        if m := _COURT.search(text, floor, end):
            parts.append(_Part(m.start(), end, None, m[0], None, "court", 0.9))
        elif m := _NUMBER.search(text, floor, end):
            start = _name_start(text, m.start(), 12)
            if text.endswith(_REDACTED, 0, start) and start == m.start():
                start -= len(_REDACTED)
            elif start == m.start() and text[start].isdigit():
                continue  # 2018年3号
            if not _BRACKET.search(m[0]) and text.startswith("文件", end):
                end += 2
            parts.append(_Part(start, end, None, text[start:end], None, "number", 0.9))
        elif m := _REDACTED_NUMBER.search(text, floor, end):
            parts.append(_Part(m.start(), end, None, m[0], None, "number", 0.8))
        elif m := _ORDER.search(text, floor, mark.end()):
            start = _name_start(text, m.start(), 14)
            if not _ISSUER.search(text[start : m.start()].removesuffix("令")):
                start = m.start()
            parts.append(_Part(start, m.end(), None, m[0], text[start : m.start()] or None, "order", 0.8))
    return parts


def _names(text: str) -> list[_Part]:
    """Names without 《》: laws everybody knows, rules with an article or after 根据, the title line."""
    parts: list[_Part] = []

    def add(start: int, end: int, rule: str, score: float) -> None:
        parts.append(_Part(start, end, text[start:end], None, None, rule, score))

    for m in _LAW_END.finditer(text):
        name = next((law for n in _LAW_LENGTHS if (law := text[max(0, m.end() - n) : m.end()]) in _LAWS), "")
        start = m.end() - len(name)
        if name and text[start - 1 : start] not in ("《", "市", "省"):
            before = _LAW_BEFORE.search(text, max(0, start - 7), start)
            add(before.start() if before else start, m.end(), "law", 0.85)
    if "条" in text:
        for m in _RULE_END.finditer(text):
            start = _name_start(text, m.start(), 20)
            if m.start() - start >= 2 and text[m.start() - 1] not in "本该此其" and text[start - 1 : start] != "》":
                add(start, m.end(), "rule", 0.85)
    if _RULE_WORD.search(text):
        for m in _CITED.finditer(text):
            end = m.end("name")
            start = max(m.start("name"), _name_start(text, end - 2, 26))
            if end - start >= 5 and text[start] != "关" and "或者" not in text[start:end]:
                add(start, end, "cited", 0.75)
        for m in _QUOTED.finditer(text):
            add(*m.span("name"), "quoted", 0.75)
        for m in _ABOUT.finditer(text):
            if text[m.start() - 1 : m.start()] != "《":
                add(_name_start(text, m.start(), 16), m.end(), "about", 0.75)
        if (title := _TITLE.match(text)) and not _NO_TITLE.search(title["name"]):
            add(*title.span("name"), "title", 0.85)
    for m in _SLOGAN.finditer(text):
        start = m.start()
        if m[0] == "八项规定":
            if text[start - 1 : start] in ("第", "、"):
                continue  # 违反前款第七、八项规定的
            start -= 2 if text[start - 2 : start] == "中央" else 0
        elif m[0] == "政府工作报告":
            start = _name_start(text, start, 9)
        elif m[0] in ("新政", "政策"):  # 517新政: known by the day it was announced
            if not _DAY_NUMBER.fullmatch(text[max(0, start - 4) : start]):
                continue
            start -= 3
        add(start, m.end(), "slogan", 0.8)
    for m in _STANDARD.finditer(text):
        if not text[m.start() - 1 : m.start()].isascii() or m.start() == 0 or not text[m.start() - 1].isalnum():
            start = m.start() - 2 if text[m.start() - 2 : m.start()] == "国标" else m.start()
            parts.append(_Part(start, m.end(), None, m[0], None, "standard", 0.9))
    return parts


def _name_start(text: str, end: int, limit: int) -> int:
    """Where the run of Chinese characters before ``end`` begins that can be a name, at most ``limit`` back."""
    start = end
    while start > 0 and end - start < limit and "一" <= text[start - 1] <= "鿿":
        start -= 1
    for stop in _STOP.finditer(text, start, end):
        start = stop.end()
    return start
