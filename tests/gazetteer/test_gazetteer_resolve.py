"""PLACE spans to chains and codes: official names, short names, ambiguous ones, wrong chains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition_nlp.gazetteer import default_gazetteer

G = default_gazetteer()


def one(span: str, text: str | None = None):
    text = span if text is None else text
    at = text.index(span)
    return G.resolve(text, [(at, at + len(span))])[0]


@pytest.mark.parametrize(
    ("span", "code", "rest"),
    [
        ("湖南省长沙市望城区", "430112", ""),
        ("湖南长沙望城区", "430112", ""),
        ("长沙望城", "430112", ""),
        ("望城", "430112", ""),
        ("湖南省望城区", "430112", ""),
        ("湖南省 长沙市，望城区", "430112", ""),
        ("湖南", "430000", ""),
        ("长沙", "430100", ""),
        ("长沙县", "430121", ""),
        ("吉林", "220000", ""),
        ("吉林市", "220200", ""),
        ("广西", "450000", ""),
        ("内蒙", "150000", ""),
        ("香港", "810000", ""),
        ("海南", "460000", ""),
        ("恩施州", "422800", ""),
        ("湘西州", "433100", ""),
        ("恩施州利川", "422802", ""),
        ("杜尔伯特县", "230624", ""),
        ("鄂伦春旗", "150723", ""),
        ("积石山县", "622927", ""),
        ("河南县", "632324", ""),
        ("浦东", "310115", ""),
        ("石家庄高新区", "130171", ""),
        ("宿州市经开区东四线", "341372", "东四线"),
        ("北京市朝阳区望京街道", "110105026", ""),
        ("重庆市巫山县", "500237", ""),
        ("仙桃市沔城回族镇", "429004112", ""),
        ("湖北省神农架林区", "429021", ""),
        ("东莞市长安镇", "441900119", ""),
        ("儋州市", "460400", ""),
        ("石河子市兵团一五二团", "659001500", ""),
        ("新疆生产建设兵团第八师152团3连", "659001500", "3连"),
        ("兵团十二师一零四团", "650103501", ""),
        ("兵团第八师", "659001", ""),
        ("徐州市鼓楼区联丰路398号", "320302", "联丰路398号"),
    ],
)
def test_code(span, code, rest):
    value = one(span)
    assert value["code"] == code
    assert value["rest"] == rest
    assert "candidates" not in value


def test_value_holds_the_chain_and_what_is_below_it():
    value = one("湖南省长沙市望城区春华镇金鼎村七里组")
    assert value == {
        "chain": ["湖南省", "长沙市", "望城区"],
        "province": "湖南省",
        "city": "长沙市",
        "county": "望城区",
        "code": "430112",
        "level": "county",
        "rest": "春华镇金鼎村七里组",
        "village": "金鼎村",
    }


def test_township():
    value = one("长沙县春华镇金鼎村")
    assert (value["township"], value["level"], value["village"]) == ("春华镇", "township", "金鼎村")
    # A town that has become a street district since keeps its stem.
    assert one("望城区丁字湾镇")["code"] == one("望城区丁字湾街道")["code"]


def test_direct_ruled_city_and_county_under_a_province():
    assert one("上海市浦东新区")["city"] == "上海市"
    assert one("重庆市万州区")["chain"] == ["重庆市", "万州区"]
    value = one("仙桃市")
    assert value["chain"] == ["湖北省", "仙桃市"]
    assert "city" not in value


def test_wrong_chain_is_not_forced():
    value = one("广州市望城区金星路")
    assert (value["code"], value["rest"]) == ("440100", "望城区金星路")
    assert value["chain"] == ["广东省", "广州市"]


def test_ambiguous_name_lists_candidates():
    value = one("鼓楼区")
    assert value["code"] is None
    assert value["level"] is None
    assert value["chain"] == []
    assert "江苏省徐州市鼓楼区" in [c["name"] for c in value["candidates"]]
    many = one("城关镇")
    assert len(many["candidates"]) == 5
    assert many["candidate_count"] > 50
    partly = one("江苏鼓楼区")
    assert partly["chain"] == ["江苏省"]
    assert len(partly["candidates"]) == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("我是徐州人，住在鼓楼区。", "320302"),
        ("家住鼓楼区，以前在台江区上班。", "350102"),
        ("开封市龙亭区的事，鼓楼区也有。", "410204"),
    ],
)
def test_other_places_decide(text, code):
    assert one("鼓楼区", text)["code"] == code


def test_lone_township_against_another_province_stays_doubtful():
    assert one("丁字湾街道", "丁字湾街道的路坏了。")["code"] == "430112003"
    doubtful = one("丁字湾街道", "黑龙江省鹤岗市丁字湾街道的路坏了。")
    assert doubtful["code"] is None
    assert doubtful["chain"] == []
    assert [c["code"] for c in doubtful["candidates"]] == ["430112003"]


@pytest.mark.parametrize("span", ["联丰路", "中山路", "长沙大道", "北京路", "太湖", "米兰春天小区", "", "。", "5号"])
def test_nothing_known(span):
    assert G.resolve(span, [(0, len(span))]) == [None]


@pytest.mark.parametrize(
    ("span", "village"),
    [
        ("金鼎村七里组", "金鼎村"),
        ("七里组", "七里组"),
        ("新雨社区", "新雨社区"),
        ("三村村2组", "三村村"),
        ("甲塘镇桥头村", "桥头村"),
    ],
)
def test_village_alone(span, village):
    value = one(span)
    assert value["village"] == village
    assert value["rest"] == span
    assert value["code"] is None


def test_values_are_not_shared():
    text = "长沙市和长沙市"
    first, second = G.resolve(text, [(0, 3), (4, 7)])
    assert first == second
    first["chain"].clear()
    assert second["chain"]


PIECES = st.sampled_from(
    [
        "湖南",
        "省",
        "长沙",
        "市",
        "望城",
        "区",
        "县",
        "镇",
        "鼓楼区",
        "城关镇",
        "兵团",
        "第八师",
        "152团",
        "村",
        "组",
        "\ud800",
        " ",
        "路",
        "高新区",
    ]
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join), st.data())
def test_any_text(text, data):
    size = len(text) + 3
    spans = data.draw(st.lists(st.tuples(st.integers(-2, size), st.integers(-2, size)), max_size=5))
    values = G.resolve(text, spans)
    assert len(values) == len(spans)
    for (start, end), value in zip(spans, values, strict=True):
        if value is not None:
            assert value["rest"] in text[max(start, 0) : max(end, 0)]
            assert (value["code"] is None) == (value["level"] is None)
    for match in G.find(text):
        assert 0 <= match.start < match.end <= len(text)
        assert match.candidates
