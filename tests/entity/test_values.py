"""Values of PERSON, POSITION and ORG mentions. All names are invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition_nlp.entity.surname import surname
from petition_nlp.entity.values import org_value, person_value, position_value


@pytest.mark.parametrize(
    ("surface", "kind", "family", "given_name", "title", "masked"),
    [
        ("王建国", "full", "王", "建国", None, False),
        ("欧阳修明", "full", "欧阳", "修明", None, False),
        ("王小妹", "full", "王", "小妹", None, False),
        ("王建国书记", "full", "王", "建国", "书记", False),
        ("于xiang", "full", "于", "xiang", None, False),
        ("伍 松", "full", "伍", "松", None, False),
        ("买买提·图尔逊", "full", None, "买买提·图尔逊", None, False),
        ("王某", "masked", "王", None, None, True),
        ("李某某", "masked", "李", None, None, True),
        ("张X", "masked", "张", None, None, True),
        ("张xx", "masked", "张", None, None, True),
        ("王**", "masked", "王", None, None, True),
        ("欧阳某", "masked", "欧阳", None, None, True),
        ("黄某泽", "masked", "黄", "泽", None, True),
        ("李某芳主任", "masked", "李", "芳", "主任", True),
        ("某某", "masked", None, None, None, True),
        ("刘姐", "surname_title", "刘", None, "姐", False),
        ("李支书", "surname_title", "李", None, "支书", False),
        ("欧阳主任", "surname_title", "欧阳", None, "主任", False),
        ("朱姓业主", "surname_title", "朱", None, "业主", False),
        ("姓周的主任", "surname_title", "周", None, "主任", False),
        ("老郭", "nickname", "郭", None, None, False),
        ("小李", "nickname", "李", None, None, False),
        ("老王头", "nickname", "王", None, None, False),
        ("阿强", "nickname", None, "强", None, False),
    ],
)
def test_person(surface, kind, family, given_name, title, masked):
    value = person_value(surface)
    assert value is not None
    assert (value["kind"], value["surname"], value["masked"]) == (kind, family, masked)
    assert (value.get("given"), value.get("title")) == (given_name, title)


@pytest.mark.parametrize("surface", ["", " ", "123", "**"])
def test_no_person(surface):
    assert person_value(surface) is None


def test_surname():
    assert surname("司马光远") == "司马"
    assert surname("") is None
    assert surname("abc") is None


@pytest.mark.parametrize(
    ("surface", "level", "role"),
    [
        ("村支书", "village", "书记"),
        ("村民小组组长", "village", "组长"),
        ("社区书记", "village", "书记"),
        ("镇长", "township", "镇长"),
        ("乡镇干部", "township", "干部"),
        ("县委书记", "county", "书记"),
        ("常委副县长", "county", "副县长"),
        ("市长", "city", "市长"),
        ("厅长", "province", "厅长"),
        ("自治区主席", "province", "主席"),
        ("全国人大代表", "state", "代表"),
        ("民警", None, "民警"),
        ("局长", None, "局长"),
    ],
)
def test_position(surface, level, role):
    assert position_value(surface) == {"level": level, "role": role}


def test_position_takes_the_level_of_the_body_before_it():
    assert position_value("局长", "柳塘县教育局") == {"level": "county", "role": "局长"}
    assert position_value("书记", "柳塘镇党委") == {"level": "township", "role": "书记"}
    assert position_value("村主任", "柳塘镇政府") == {"level": "village", "role": "主任"}
    assert position_value("") is None


@pytest.mark.parametrize(
    ("surface", "kind", "level"),
    [
        ("柳塘镇政府", "government", "township"),
        ("县教育局", "government", "county"),
        ("云岭市江北区民政局", "government", "county"),
        ("市场监督管理局", "government", None),
        ("市民政局", "government", "city"),
        ("省住建厅", "government", "province"),
        ("农业农村部", "government", "state"),
        ("市住房和城乡建设委员会", "government", "city"),
        ("县委", "party", "county"),
        ("柳塘镇党委", "party", "township"),
        ("区纪委监委", "discipline", "county"),
        ("县劳动监察大队", "government", "county"),
        ("文艺新村派出所", "police", None),
        ("县公安局", "police", "county"),
        ("桥头村委会", "village_committee", "village"),
        ("村支两委", "village_committee", "village"),
        ("米兰春天业委会", "homeowners", None),
        ("柳塘中学", "school", None),
        ("市第一人民医院", "hospital", None),
        ("云岭宏达建筑有限公司", "company", None),
        ("农村商业银行", "bank", None),
        ("中级人民法院", "court", None),
        ("县检察院", "procuratorate", "county"),
        ("12345", "hotline", None),
        ("思源", None, None),
    ],
)
def test_org(surface, kind, level):
    assert org_value(surface) == {"kind": kind, "level": level}


def test_county_level_city():
    assert org_value("浏阳市教育局", {"浏阳市"}) == {"kind": "government", "level": "county"}
    assert org_value("浏阳市教育局") == {"kind": "government", "level": "city"}
    assert org_value("") is None


ALPHABET = st.sampled_from("王李欧阳某X*·老小阿姓的书记主任县市区镇村委局 x?１\ud800")


@given(st.text(max_size=8) | st.lists(ALPHABET, max_size=8).map("".join))
def test_any_surface(surface):
    for value in (person_value(surface), position_value(surface, surface), org_value(surface)):
        assert value is None or isinstance(value, dict)
