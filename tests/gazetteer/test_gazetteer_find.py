"""Divisions in running text, the table and its build."""

import gzip
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from petition_nlp.errors import PetitionError
from petition_nlp.gazetteer import Table, default_gazetteer, load_table
from petition_nlp.gazetteer.forms import bare, full_forms, township_stem
from petition_nlp.gazetteer.index import small_number

G = default_gazetteer()
ROOT = Path(__file__).resolve().parents[2]


def found(text: str) -> list[tuple[str, str]]:
    return [(text[m.start : m.end], "/".join(m.candidates[0].chain)) for m in G.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我住湖南省长沙市望城区金星路", [("湖南省长沙市望城区", "湖南省/长沙市/望城区")]),
        ("浏阳永安镇的路", [("浏阳永安镇", "湖南省/长沙市/浏阳市/永安镇")]),
        ("长沙望城的房子", [("长沙望城", "湖南省/长沙市/望城区")]),
        (
            "从恩施州到利川市",
            [("恩施州", "湖北省/恩施土家族苗族自治州"), ("利川市", "湖北省/恩施土家族苗族自治州/利川市")],
        ),
        ("镇和县政府都不管，发文县委", []),
        ("家在和县", [("和县", "安徽省/马鞍山市/和县")]),
        ("黄河南岸，泰山东侧，长沙大道，北京时间", []),
        ("日照时间短，白银涨价，公安来了", []),
        ("望城看海", [("望城", "湖南省/长沙市/望城区")]),
        ("", []),
        ("\ud800长沙市\udfff", [("长沙市", "湖南省/长沙市")]),
    ],
)
def test_find(text, expected):
    assert found(text) == expected


def test_ambiguous_and_bare_matches_say_so():
    (match,) = G.find("在鼓楼区")
    assert len(match.candidates) == 4
    assert match.full
    (match,) = G.find("在长沙")
    assert not match.full
    assert match.candidates[0].code == "430100"
    (match,) = G.find("徐州市鼓楼区")
    assert [c.code for c in match.candidates] == ["320302"]


def test_county_cities():
    assert "浏阳市" in G.county_cities
    assert "长沙市" not in G.county_cities


def test_table():
    table = load_table()
    at = table.names.index("望城区")
    division = table.division(at)
    assert (division.code, division.level, division.chain) == ("430112", "county", ("湖南省", "长沙市", "望城区"))
    assert table.inside(at + 1, at)
    assert not table.inside(at, at + 1)
    assert "市辖区" not in table.names
    with pytest.raises(PetitionError, match="line 2"):
        Table(["11\t北京市", "1101"])


def test_shipped_file_names_its_source_and_is_small():
    packed = (resources.files("petition_nlp.gazetteer") / "divisions.tsv.gz").read_bytes()
    head = gzip.decompress(packed)[:400].decode("utf-8", "ignore")
    assert "modood/Administrative-divisions-of-China" in head
    assert "WTFPL" in head
    assert len(packed) < 600_000


def test_build_command(tmp_path):
    source, output = tmp_path / "divisions.json", tmp_path / "out.tsv.gz"
    towns = [{"code": "430112001", "name": "甲街道"}]
    county = {"code": "430112", "name": "望城区", "children": towns}
    city = {"code": "4301", "name": "长沙市", "children": [county]}
    source.write_text(json.dumps([{"code": "43", "name": "湖南省", "children": [city]}]), encoding="utf-8")
    command = [sys.executable, str(ROOT / "training/gazetteer.py"), str(source), "-o", str(output)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "7 divisions" in done.stdout  # four of the file, three provinces that the source lacks
    table = Table(gzip.decompress(output.read_bytes()).decode().split("\n"))
    assert table.division(3).chain == ("湖南省", "长沙市", "望城区", "甲街道")
    assert table.division(3).code == "430112001"
    towns[0]["code"] = "430113001"
    source.write_text(json.dumps([{"code": "43", "name": "湖南省", "children": [city]}]), encoding="utf-8")
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


@pytest.mark.skipif(not (ROOT.parent / "shared/lexicon/divisions.json").exists(), reason="needs ../shared/lexicon")
def test_shipped_file_is_the_build_of_the_public_table(tmp_path):
    output = tmp_path / "out.tsv.gz"
    subprocess.run(
        [sys.executable, str(ROOT / "training/gazetteer.py"), "-o", str(output)], capture_output=True, check=True
    )
    shipped = (resources.files("petition_nlp.gazetteer") / "divisions.tsv.gz").read_bytes()
    assert gzip.decompress(output.read_bytes()) == gzip.decompress(shipped)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("长沙市", "长沙"),
        ("广西壮族自治区", "广西"),
        ("内蒙古自治区", "内蒙古"),
        ("恩施土家族苗族自治州", "恩施"),
        ("黔东南苗族侗族自治州", "黔东南"),
        ("东乡族自治县", "东乡"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"),
        ("鄂温克族自治旗", "鄂温克"),
        ("龙胜各族自治县", "龙胜"),
    ],
)
def test_bare_names(name, stem):
    assert bare(name) == stem


def test_other_forms():
    assert full_forms("积石山保安族东乡族撒拉族自治县", "")[1] == "积石山县"
    assert "蚌埠市高新区" in full_forms("蚌埠市高新技术开发区", "蚌埠市")
    assert township_stem("榔梨街道") == township_stem("榔梨镇") == "榔梨"
    assert township_stem("青朗侗族苗族乡") == "青朗"


@pytest.mark.parametrize(
    ("text", "number"),
    [("一五二", 152), ("152", 152), ("一百五十二", 152), ("十三", 13), ("二十", 20), ("一零四", 104), ("甲", None)],
)
def test_small_number(text, number):
    assert small_number(text) == number
