"""Chinese surnames, written for this library; compound ones in a list of their own."""

from __future__ import annotations

import re

_SINGLE = (
    "王李张刘陈杨习赖代黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢"
    "傅付钟姜崔谭廖范汪陆金石戴贾韦夏邱丘方侯邹熊孟秦白江阎闫薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤温康施文"
    "牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆"
    "蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦岑景党宫费卜冷晏席卫米柏宗瞿桂全佟"
    "应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌"
    "奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦"
    "戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展"
    "阴昝智幸奉植衡厍贲邴滑蓬郗扶堵宰郦雎濮寿通蒯璩颛刑鄞贝昌苍双莘逄竺暴庾终暨步弘匙殳沃蔚隗"
)
COMPOUND = frozenset(
    re.findall(
        r"\S+",
        """
    欧阳 上官 司马 诸葛 司徒 东方 独孤 南宫 夏侯 皇甫 尉迟 公孙 慕容 长孙 宇文 令狐 端木 轩辕 申屠 澹台 公冶 宗政
    濮阳 淳于 单于 太史 仲孙 钟离 闻人 赫连 呼延 东郭 西门 南门 百里 微生 梁丘 左丘 公羊 谷梁 拓跋 夹谷 段干 完颜
    第五 万俟 鲜于 闾丘 司空 亓官 司寇 子车 公西 漆雕 乐正 壤驷 羊舌 巫马 公良 归海 欧侯 纳兰
    """,
    )
)
SINGLE = frozenset(_SINGLE)


def surname(name: str) -> str | None:
    """The surname at the start of a Han name: a compound one where there is one, else one character.

    None when the first character is no surname known here.
    """
    if name[:2] in COMPOUND:
        return name[:2]
    return name[0] if name and name[0] in SINGLE else None
