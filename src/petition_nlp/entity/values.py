"""Values of PERSON, POSITION and ORG mentions: what a computer can use of them. Pure functions of the surface.

The keys are listed in docs/gazetteer.md beside those of PLACE.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache
from typing import Any

from petition_nlp.entity.surname import COMPOUND, surname

_HAN = re.compile("[\u3400-\u9fff]")
_SPACE = re.compile(r"[\s\u3000]+")
# What stands for a character left out.
_MASK = "某×Ⅹ*＊○〇◯□△☐_＿?？●"
# A Latin x is one too, but not within Latin letters (于xiang).
_MASKED = re.compile(f"[{re.escape(_MASK)}]|(?<![A-Za-zｘＸ])[xXｘＸ]{{1,3}}(?![A-Za-zｘＸ])")
# Dots that join the parts of a minority or foreign name.
_DOT = re.compile("[·•・‧∙．.]")
# Titles and kinship terms, longest first in the pattern. A bare one after a surname stands for the person.
_TITLES = frozenset(
    re.findall(
        r"\S+",
        """
    总书记 党支部书记 支部书记 党委书记 县委书记 市委书记 副书记 书记 村支书 支书 副主任 村主任 主任 副主席 主席
    副市长 市长 副县长 县长 副区长 区长 副镇长 镇长 副乡长 乡长 副省长 省长 村长 组长 队长 副局长 局长 副处长 处长
    副科长 科长 股长 副厅长 厅长 部长 副部长 副所长 所长 副站长 站长 园长 副校长 校长 副院长 院长 庭长 会长 副会长
    会计 出纳 文书 秘书 干部 领导 警官 民警 警察 法官 检察官 律师 医生 医师 大夫 护士 教授 老师 教练 师傅 经理
    总经理 董事长 董事 老板 老板娘 总监 总工 工程师 工头 工 总 局 先生 女士 小姐 同志 同学 姐 哥 嫂 嫂子 大姐 大哥
    大嫂 大妈 大娘 大爷 大叔 大婶 阿姨 叔叔 叔 婶 伯 伯伯 爷爷 奶奶 爷 奶 婆婆 婆 妈 老汉 老太 老太太 老人 家人 氏
    妹 弟 兄 姨 姑 代表 委员 专干 主管 助理 专员 书计 主播 司机 业主 业务员 女业务员 男业务员 男子 女子 村民 居民
    住户 户主
    """,
    )
)
_LONGEST_TITLE = max(map(len, _TITLES))
# Titles of one character are also parts of given names (王小妹, 李校): they count after a surname only.
_NICK = re.compile(r"^(?:老|小|大|阿)(?P<rest>[\u3400-\u9fff]{1,2})$")
# 朱姓业主, 姓周的主任
_CALLED = re.compile(
    r"^(?:(?P<name>[\u3400-\u9fff]{1,2})姓(?P<title>[\u3400-\u9fff]{1,6})|姓(?P<n>[\u3400-\u9fff]{1,2})的(?P<t>[\u3400-\u9fff]{1,6}))$"
)


def person_value(surface: str) -> dict[str, Any] | None:
    """What a PERSON mention tells.

    Returns:
        ``surname`` (str or None), ``given`` (known part, if any), ``masked`` (a part is hidden: 王某, 张X, 李**),
        ``title`` (if any: 支书, 姐), ``kind`` (``full``, ``masked``, ``surname_title`` or ``nickname``); or None for a
        surface with no letter at all.
    """
    name = _SPACE.sub("", surface)
    if not any(c.isalpha() for c in name):
        return None
    if m := _CALLED.match(name):
        return {
            "surname": m["name"] or m["n"],
            "masked": False,
            "title": m["title"] or m["t"],
            "kind": "surname_title",
        }
    if _DOT.search(name) and not _MASKED.search(_DOT.sub("", name)):
        return {"surname": None, "given": _DOT.sub("·", name), "masked": False, "kind": "full"}
    title = _title(name)
    if title:
        name = name[: -len(title)]
    out: dict[str, Any] = {"surname": None, "masked": False, "kind": "full"}
    if _MASKED.search(name):
        family = surname(name)
        if family is None and _HAN.match(name) and not _MASKED.match(name):
            family = name[0]  # whatever stands before 某 is a surname
        given = _MASKED.sub("", name[len(family or "") :])
        out.update(surname=family, masked=True, kind="masked")
        if given:
            out["given"] = given
    elif (nick := _NICK.match(name)) and (called := _nick(name[0], nick["rest"])):
        out.update(called, kind="nickname")
    else:
        family = surname(name)
        if family is None and title and len(name) == 1 and _HAN.match(name):
            family = name  # 衡书记: a rare surname
        given = name[len(family or "") :]
        out["surname"] = family
        if given:
            out["given"] = given
        if title and not given:
            out["kind"] = "surname_title"
        elif family is None and len(name) < 3:
            out["kind"] = "nickname"
    if title:
        out["title"] = title
    return out


def _title(name: str) -> str | None:
    for size in range(min(_LONGEST_TITLE, len(name) - 1), 0, -1):
        if name[-size:] in _TITLES:
            head = name[:-size]
            # 王总, 刘姐, 李某叔 — but 王小妹 and 李光兄 are names.
            if size > 1 or head in COMPOUND or _MASKED.search(head) or (len(head) == 1 and surname(head)):
                return name[-size:]
            return None
    return None


def _nick(first: str, rest: str) -> dict[str, str | None] | None:
    """老郭, 小王, 老王头, 老欧阳 have a surname; 阿强, 大毛 a given name; 阿明东 is no nickname."""
    if first in "阿大":
        return {"surname": None, "given": rest} if len(rest) == 1 else None
    family = surname(rest)
    if len(rest) == 1:
        return {"surname": family} if family else {"surname": None, "given": rest}
    if rest in COMPOUND or (first == "老" and family and rest[1] in "头汉幺大二三四五"):
        return {"surname": family}
    return None


_LEVEL_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("village", re.compile("村|社区|居委|居民小组|生产队|小组长|屯长|网格")),
    ("township", re.compile("镇|乡(?!贤)|街道|片区")),
    ("county", re.compile("县|旗|(?<!自治)区(?!域|块|间)")),
    ("city", re.compile("市(?!场|民|容|值)|州(?:委|长|政)|盟(?:委|长)|地委")),
    ("province", re.compile("省|自治区|厅长")),
    ("state", re.compile("国家|全国|中央|总理|总书记|国务|中共中央")),
)
_ROLE_WORD = {"支书": "书记", "书计": "书记", "一把手": "主要负责人"}
_ROLE = re.compile(
    "(?P<role>(?:常务)?(?:第一)?(?:副)?(?:总书记|书记|支书|书计|主任委员|主任|委员|村长|镇长|乡长|县长|区长|市长|省长|州长|旗长|盟长|局长|处长|"
    "科长|股长|厅长|部长|司长|所长|站长|校长|园长|院长|庭长|会长|组长|队长|班长|主席|总理|总统|秘书长|秘书|会计|出纳|文书|专干|"
    "代表|干部|领导|干事|民警|警察|警官|交警|协警|辅警|片警|法官|检察官|队员|人员|协管员|网格员|工作人员|负责人|一把手|经理|董事长))$"
)


def position_value(surface: str, org: str | None = None) -> dict[str, Any] | None:
    """What a POSITION mention tells.

    Args:
        surface: the post, e.g. 村支书.
        org: surface of an ORG that stands right before it, e.g. 柳塘镇党委; its level counts where the post has none.

    Returns:
        ``level`` (``village``, ``township``, ``county``, ``city``, ``province``, ``state`` or None where it is not
        plain) and ``role`` (the post without the body: 村支书 → 书记); None for an empty surface.
    """
    post = _SPACE.sub("", surface)
    if not post:
        return None
    level, role = _post(post)
    if level is None and org:
        value = org_value(org)
        level = value["level"] if value else None
    return {"level": level, "role": role}


@lru_cache(maxsize=1024)
def _post(post: str) -> tuple[str | None, str]:
    # The lowest level named counts: 乡镇村干部 are the village's. Cached, for posts are few.
    level = next((name for name, words in _LEVEL_WORDS if words.search(post)), None)
    m = _ROLE.search(post)
    role = m["role"] if m else post
    for word, usual in _ROLE_WORD.items():
        role = role.replace(word, usual)
    return level, role


_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("hotline", re.compile(r"热线|^\d{3,5}$|投诉平台$|举报平台$")),
    ("homeowners", re.compile("业委会|业主委员会|业主大会|业主代表大会|筹备组$")),
    ("discipline", re.compile("纪委|监委|(?<!劳动)(?<!保障)监察(?!大队|支队)|纪检|巡视|巡察|督察组|督导组")),
    ("hospital", re.compile("医院|卫生院|卫生室|诊所|卫生服务中心|妇幼保健院|保健院|门诊部|血站|疗养院|康复中心")),
    (
        "school",
        re.compile(
            "大学|学院|中学|小学|幼儿园|学校|职校|技校|附中|附小|[一二三四五六七八九十]中(?!心|队|级|院|学)|村小|党校|警院|驾校|教学点|培训中心"
        ),
    ),
    ("bank", re.compile("银行(?!业)|信用社|信用联社|农商行|农信社|分行|支行|信用合作")),
    ("court", re.compile("法院|法庭")),
    ("procuratorate", re.compile("检察院|最高检|高检")),
    ("police", re.compile("公安|派出所|警察|交警|特警|刑警|刑侦|经侦|治安大队|警务|车管所|看守所|交管|出入境")),
    (
        "company",
        re.compile(
            "公司|集团|物业|地产|置业|厂$|矿$|酒店|宾馆|超市|商场|商城|有限|电网|燃气|供水|供电|矿业|实业|石化|股份|企业|酒楼|餐厅|餐饮|砖厂|煤矿|店$|农庄|门诊|科技$|房产$|"
            "中国移动|中国电信|中国联通|驾校|快递|汽修|建筑$|建工|城投|建投|交投|水务$"
        ),
    ),
    (
        "village_committee",
        re.compile(
            "村委|村民委员会|村两委|村支两委|支两委|居委会|居民委员会|村民小组|村支部|村党支部|社区$|村$|(?<!农)村部"
        ),
    ),
    ("congress", re.compile("人大|人民代表大会|政协")),
    (
        "party",
        re.compile(
            "党委|党组|党支部|党工委|支部|(?:市|县|区|省|州|旗|镇|乡|中|地|工)委$|中共|中央|组织部|宣传部|统战部|政法委|党群|党政|"
            "委组织|直机关工委"
        ),
    ),
    (
        "media",
        re.compile("频道|电视(?!局|行政)|日报|晚报|早报|新闻网|央视|广播(?!电)|广播电台|报社|网$|卫视|都市报|电台"),
    ),
    ("association", re.compile("协会|商会|工会|妇联|共青团|团委|联合会|残联|学会|基金会|红十字|消协|促进会")),
    ("cooperative", re.compile("合作社|股份社|经联社|经济社|集体经济组织|专业社")),
    ("military", re.compile("部队|武装部|消防|军区|武警")),
    (
        "government",
        re.compile(
            "政府|府$|局|委$|委员会$|厅|部$|办$|办公室|办事处|街道|管委|城管|中心|所$|站$|大队|中队|支队|部门|国务院|管理处|管理科|处$|科$|"
            "馆$|建设委|发改|住建|环保|工商|税务|国土|执法|民政|信访|人社|社保|交通|水利|农业|教育|卫健|审计|财政|规划|拆迁|征收|"
            "镇$|乡$|县$|区$|市$|省$|指挥部|工作组|质监|安监|疾控|公积金|不动产"
        ),
    ),
)
_PUBLIC = frozenset(
    re.findall(
        r"\S+",
        """
    police discipline court procuratorate party government congress village_committee military hotline
    """,
    )
)
_STATE = re.compile(
    "^(?:中共中央|中央|国家|最高|全国人|全国政协|国务院|中华人民共和国)|国务院|^(?:公安|教育|住建|财政|国土资源|自然资源|民政|司法|交通运输|水利|农业农村|"
    "农业|商务|文化|卫生|环境保护|生态环境|应急管理|人力资源社会保障|工信|科技|外交|国防|铁道|建设|人社|中宣|中组|监察)部$|^中[宣组]部$"
)
# The last unit in front of the body tells whose it is: 长沙市望城区教育局 is the district's.
_UNIT = re.compile(
    "(?P<village>村|社区|居委)|(?P<township>镇|(?<!城)乡(?!村|建|规)|街道)|(?P<county>县|旗|(?<![社园小景新矿库片战辖治地校厂发范])区(?!域|块))|"
    "(?P<city>市(?!场|民(?!政)|容)|州(?=市|委|政|教|公|人|中)|盟(?=委|行))|(?P<province>省|自治区)"
)


def org_value(surface: str, county_cities: Container[str] = ()) -> dict[str, Any] | None:
    """What an ORG mention tells.

    Args:
        surface: the body, e.g. 柳塘镇政府.
        county_cities: names of county-level cities (浏阳市; ``Gazetteer.county_cities`` has them),
            whose bodies are the county's and not the city's.

    Returns:
        ``kind`` (``government``, ``party``, ``discipline``, ``police``, ``court``, ``procuratorate``, ``congress``,
        ``village_committee``, ``homeowners``, ``school``, ``hospital``, ``company``, ``bank``, ``cooperative``,
        ``association``, ``media``, ``military``, ``hotline`` or None) and, for public bodies, ``level`` as of
        ``position_value`` (None where not plain); None for an empty surface.
    """
    name = _SPACE.sub("", surface)
    if not name:
        return None
    kind, level, unit = _body(name)
    # The longest of these names have six characters (图木舒克市 has five).
    if level == "city" and any(unit[-size:] in county_cities for size in range(3, 7)):
        level = "county"
    return {"kind": kind, "level": level}


@lru_cache(maxsize=4096)
def _body(name: str) -> tuple[str | None, str | None, str]:
    """Kind, level, and the name as far as the unit that told the level. Cached: 派出所, 镇政府 come again and again."""
    kind = next((k for k, words in _KINDS if words.search(name)), None)
    if kind == "village_committee":
        return kind, "village", ""
    if kind not in _PUBLIC:
        return kind, None, ""
    if _STATE.search(name):
        return kind, "state", ""
    last = None
    for m in _UNIT.finditer(name):
        # 文艺新村派出所 is no body of the village.
        if m.lastgroup != "village" or kind == "party":
            last = m
    if last is None:
        return kind, "province" if name.endswith("厅") else None, ""
    return kind, last.lastgroup, name[: last.end()]
