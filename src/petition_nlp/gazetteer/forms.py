"""The forms in which people write a division's name: 湖南 for 湖南省, 恩施州 for 恩施土家族苗族自治州.

Full names need no thought. Bare names (长沙, 望城, 东方) are also common words, surnames, lakes and hills, so each
carries its own decision here whether it may be found in running text.
"""

from __future__ import annotations

import re

# Names of the 55 minorities as they stand in division names, longest first, so that 东乡族 is not left behind by 乡.
_PEOPLES = re.findall(
    r"\S+",
    """
    各族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 傣族 黎族
    傈僳族 佤族 畲族 高山族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族
    毛南族 仡佬族 锡伯族 阿昌族 普米族 塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 塔塔尔族
    独龙族 鄂伦春族 赫哲族 门巴族 珞巴族 基诺族 柯尔克孜 哈萨克 蒙古 锡伯 塔吉克 达斡尔
    """,
)
_PEOPLE = re.compile("(?:" + "|".join(sorted(_PEOPLES, key=len, reverse=True)) + ")$")
_AUTONOMOUS = re.compile("(.+?)自治([州县旗区])$")

# Usual short names that no rule gives.
_USUAL = {
    "内蒙古自治区": ("内蒙",),
    "新疆维吾尔自治区": ("新疆",),
    "克孜勒苏柯尔克孜自治州": ("克州", "克孜勒苏州"),
    "巴音郭楞蒙古自治州": ("巴州", "巴音郭楞州"),
    "博尔塔拉蒙古自治州": ("博州", "博尔塔拉州"),
    "锡林郭勒盟": ("锡盟",),
    "阿拉善盟": ("阿盟",),
    "前郭尔罗斯蒙古族自治县": ("前郭县",),
    "喀喇沁左翼蒙古族自治县": ("喀左县",),
    "杜尔伯特蒙古族自治县": ("杜蒙县",),
    "莫力达瓦达斡尔族自治旗": ("莫旗",),
    "达尔罕茂明安联合旗": ("达茂旗",),
    "塔什库尔干塔吉克自治县": ("塔县",),
    "土默特左旗": ("土左旗",),
    "土默特右旗": ("土右旗",),
    "科尔沁左翼中旗": ("科左中旗",),
    "科尔沁左翼后旗": ("科左后旗",),
    "科尔沁右翼前旗": ("科右前旗",),
    "科尔沁右翼中旗": ("科右中旗",),
    "察哈尔右翼前旗": ("察右前旗",),
    "察哈尔右翼中旗": ("察右中旗",),
    "察哈尔右翼后旗": ("察右后旗",),
    "黔东南苗族侗族自治州": ("黔东南",),
    "黔西南布依族苗族自治州": ("黔西南",),
    "西双版纳傣族自治州": ("西双版纳", "版纳州"),
    "张家口市": ("张垣",),
    "浦东新区": ("浦东",),
    "神农架林区": ("神农架",),
}

# Bare prefecture names that are words of their own, or names of rivers, hills and people.
WORDS_CITY = frozenset(
    re.findall(
        r"\S+",
        """
    朝阳 中山 安康 来宾 日照 安顺 山南 海东 海北 海西 海南 黄南 甘南 黔南 和田 红河 文山 白银 三明 四平 长治 吉安
    平凉 大同 大理 白山 白城 黑河 自贡 承德 保定 开封 海口 宜春 伊春 东方 阿里 天水 河源 清远 南通 怒江 临夏 玉树
    石河子 双河 新星
    """,
    )
)
# Bare names of counties and county-level cities that are used alone and mean nothing else.
_SAFE_COUNTY = frozenset(
    re.findall(
        r"\S+",
        """
    浦东 神农架
    浏阳 宁乡 醴陵 望城 耒阳 汨罗 临湘 沅江 资兴 冷水江 涟源 韶山 湘乡 吉首 祁东 祁阳 衡南 邵东 武冈 隆回 新邵 昆山
    江阴 张家港 常熟 太仓 宜兴 溧阳 靖江 泰兴 如皋 启东 海门 仪征 高邮 邳州 新沂 沭阳 泗阳 泗洪 睢宁 义乌 慈溪 余姚
    诸暨 海宁 桐乡 嘉善 瑞安 乐清 温岭 东阳 嵊州 富阳 萧山 余杭 奉化 桐庐 淳安 建德 晋江 石狮 福清 闽侯 龙海 漳浦
    安溪 上杭 长汀 邵武 武夷山 胶州 即墨 莱西 寿光 诸城 莱州 招远 滕州 邹城 曲阜 兖州 荣成 乳山 章丘 邹平 郓城 巩义
    新郑 荥阳 登封 偃师 济源 林州 禹州 长葛 汝州 项城 永城 邓州 固始 潢川 新蔡 仙桃 潜江 大冶 枣阳 宜都 枝江 松滋
    石首 钟祥 麻城 武穴 丹江口 老河口 蕲春 浠水 罗田 增城 从化 番禺 顺德 台山 开平 鹤山 恩平 普宁 陆丰 海丰 高州
    化州 廉江 雷州 英德 连州 罗定 信宜 兴宁 都江堰 彭州 邛崃 崇州 简阳 江油 峨眉山 阆中 绵竹 什邡 广汉 西昌 仁寿
    射洪 仁怀 盘州 凯里 都匀 清镇 瓮安 瑞金 井冈山 丰城 樟树 高安 贵溪 德兴 婺源 乐平 于都 宁都 巢湖 桐城 明光 界首
    肥西 肥东 庐江 霍邱 临泉 阜南 颍上 涡阳 蒙城 砀山 灵璧 迁安 遵化 武安 定州 辛集 涿州 高碑店 霸州 任丘 黄骅 泊头
    侯马 介休 汾阳 霍州 河津 永济 瓦房店 庄河 海城 凤城 大石桥 盖州 北票 凌源 开原 公主岭 德惠 梅河口 延吉 珲春 敦化
    讷河 肇东 绥芬河 漠河 韩城 华阴 兴平 神木 府谷 靖边 定边 敦煌 玉门 嘉峪关 张家川 陇西 会宁 满洲里 二连浩特
    霍林郭勒 乌兰浩特 锡林浩特 丰镇 北流 岑溪 桂平 靖西 东兴 凭祥 腾冲 瑞丽 宣威 个旧 开远 蒙自 香格里拉 楚雄 景洪
    库尔勒 奎屯 石河子 阿拉尔 五家渠 图木舒克 格尔木 德令哈 涪陵 万州 黔江 合川 江津 永川 綦江 璧山 潼南 荣昌 秀山
    酉阳 彭水 云阳 奉节 巫山 琼海 万宁 五指山 澄迈 陵水 儋州
    """,
    )
)
# A bare name with such a last character is more often the lake or hill it was called after.
_LANDSCAPE = frozenset("湖山海河江桥关口岭沟滩湾泉溪洲岛原")
# Districts named by position only: known by their city, never alone.
_POSITIONAL = frozenset(
    re.findall(
        r"\S+",
        """
    城区 郊区 矿区 东区 西区 南区 北区 市中区 新市区 新城区 老城区 城关区
    """,
    )
)
_ZONE = re.compile("(经济技术开发区|高新技术产业开发区|高新技术开发区|高新技术产业园区|经济开发区|高技术产业开发区)$")
_ZONE_SHORT = {"经": "经开区", "高": "高新区"}
_TAIL = re.compile("(?:市|县|区|旗|盟|地区|省|自治区|特别行政区)$")
# What changes when a town becomes a street district: the stem stays.
_TOWNSHIP_TAIL = re.compile("(?:街道办事处|街道办|街道|镇|民族乡|乡|苏木|地区)$")


def _stem_autonomous(stem: str) -> str:
    while (m := _PEOPLE.search(stem)) and m.start() > 1:
        stem = stem[: m.start()]
    return stem.removesuffix("族") if len(stem) > 2 else stem


def bare(name: str) -> str:
    """The name without its kind: 长沙市 → 长沙, 恩施土家族苗族自治州 → 恩施. May be one character."""
    if m := _AUTONOMOUS.match(name):
        return _stem_autonomous(m[1])
    return _TAIL.sub("", name)


def township_stem(name: str) -> str:
    """A township's name without its kind, which changes over the years: 榔梨镇, 榔梨街道 → 榔梨."""
    stem = _TOWNSHIP_TAIL.sub("", name)
    while (m := _PEOPLE.search(stem)) and m.start() > 1 and name.endswith("乡"):
        stem = stem[: m.start()]
    return stem if len(stem) > 1 else name


def full_forms(name: str, parent: str) -> tuple[str, ...]:
    """Forms that keep the kind of division (恩施州, 河南县), the name itself first; ``parent`` is the city's name."""
    forms = [name]
    if m := _AUTONOMOUS.match(name):
        forms.append(_stem_autonomous(m[1]) + m[2])
    if m := _ZONE.search(name):
        # 石家庄高新技术产业开发区: the city's name is in it, with or without 市; people write 石家庄高新区.
        city = bare(parent)
        at = name.find(city)
        if city and at >= 0:
            body = name[at + len(city) :].removeprefix("市")
            short = _ZONE_SHORT[m[1][0]]
            forms += [city + body, city + "市" + body, city + short, city + "市" + short]
    forms += [f for f in _USUAL.get(name, ()) if f[-1] in "州县旗区盟"]
    return tuple(dict.fromkeys(f for f in forms if len(f) > 1))


def bare_forms(name: str) -> tuple[str, ...]:
    """Forms without the kind (长沙, 恩施, 内蒙); empty where there is none of two characters or more."""
    if name in _POSITIONAL or _ZONE.search(name):
        return ()
    forms = [bare(name), *(f for f in _USUAL.get(name, ()) if f[-1] not in "州县旗区盟")]
    return tuple(dict.fromkeys(f for f in forms if len(f) > 1 and f != name))


def findable(form: str, level: str, *, unique: bool) -> bool:
    """May this form be taken for a place wherever it stands in running text?

    Args:
        form: a full or bare form.
        level: ``province``, ``city`` or ``county``.
        unique: no other division has this form.
    """
    if form in _POSITIONAL:
        return False
    if level == "province" or form[-1] in "市县区旗州盟" or form.endswith("地区"):
        return True
    if level == "city":
        return form not in WORDS_CITY
    return unique and form in _SAFE_COUNTY


def alone_in_span(form: str) -> bool:
    """May a bare county name be trusted when it is all that a place span holds? Lakes and hills may not."""
    return form in _SAFE_COUNTY or form[-1] not in _LANDSCAPE
