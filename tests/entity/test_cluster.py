"""Mentions of the same person, body or place. All names are invented."""

from hypothesis import given
from hypothesis import strategies as st

from petition_nlp.entity.cluster import assign_clusters
from petition_nlp.entity.values import org_value, person_value, position_value
from petition_nlp.gazetteer import default_gazetteer

VALUE = {"PERSON": person_value, "ORG": org_value, "POSITION": position_value}


def clusters(*mentions: str) -> list[int | None]:
    """Ids of mentions written as TYPE:surface, in a text that holds them one after another, parted by 、 unless the
    surface begins with +."""
    text, entities = "", []
    for mention in mentions:
        kind, surface = mention.split(":")
        if surface.startswith("+"):
            surface = surface[1:]
        else:
            text += "、"
        start = len(text)
        text += surface
        entities.append((kind, start, len(text)))
    places = [(s, e) for k, s, e in entities if k == "PLACE"]
    values = dict(zip(places, default_gazetteer().resolve(text, places), strict=True))
    return assign_clusters(
        text, [(k, s, e, VALUE[k](text[s:e]) if k in VALUE else values.get((s, e))) for k, s, e in entities]
    )


def test_equal_surfaces():
    assert clusters("PERSON:王建国", "ORG:县教育局", "PERSON:王建国", "ORG:县教育局", "MONEY:3万", "MONEY:3万") == [
        0,
        1,
        0,
        1,
        None,
        None,
    ]
    assert clusters("PERSON:王 建国", "PERSON:王建国") == [0, 0]


def test_a_mention_alone_has_no_id():
    assert clusters("PERSON:王建国", "PERSON:李大山") == [None, None]


def test_short_forms_of_the_only_full_name():
    assert clusters("PERSON:王建国", "PERSON:王某", "PERSON:王支书", "PERSON:老王", "PERSON:李某") == [0, 0, 0, 0, None]
    assert clusters("PERSON:王建国书记", "PERSON:王建国") == [0, 0]
    assert clusters("PERSON:黄家泽", "PERSON:黄某泽") == [0, 0]
    assert clusters("PERSON:黄家泽", "PERSON:黄某明") == [None, None]


def test_two_full_names_of_one_surname():
    assert clusters("PERSON:王建国", "PERSON:王大山", "PERSON:王某") == [None, None, None]
    assert clusters("PERSON:王建国", "PERSON:王大山", "PERSON:王某", "PERSON:王某") == [None, None, 0, 0]


def test_two_titles_may_be_two_people():
    assert clusters("PERSON:王建国", "PERSON:王主任", "PERSON:王书记") == [None, None, None]
    assert clusters("POSITION:村支书", "PERSON:+王建国", "PERSON:王主任", "PERSON:王书记") == [None, 0, None, 0]
    assert clusters("PERSON:王建国", "PERSON:王某", "PERSON:王某某") == [None, None, None]


def test_short_bodies():
    assert clusters("ORG:柳塘镇政府", "ORG:镇政府") == [0, 0]
    assert clusters("ORG:柳塘镇人民政府", "ORG:镇政府") == [0, 0]
    assert clusters("ORG:云岭县教育局", "ORG:县教育局", "ORG:教育局") == [0, 0, 0]
    assert clusters("ORG:县教育局", "ORG:市教育局", "ORG:教育局") == [None, None, None]
    assert clusters("ORG:桥头村村民委员会", "ORG:桥头村委会", "ORG:村委会") == [0, 0, 0]
    assert clusters("ORG:云岭宏达建筑工程有限公司", "ORG:宏达公司") == [0, 0]
    assert clusters("ORG:云岭宏达建筑工程有限公司", "ORG:宏图公司") == [None, None]


def test_places():
    assert clusters("PLACE:长沙县春华镇金鼎村", "PLACE:春华镇金鼎村", "PLACE:金鼎村") == [0, 0, 0]
    assert clusters("PLACE:长沙市", "PLACE:长沙", "PLACE:湖南省长沙市") == [0, 0, 0]
    assert clusters("PLACE:大金鼎村", "PLACE:金鼎村") == [None, None]
    assert clusters("PLACE:甲镇金鼎村", "PLACE:乙镇金鼎村", "PLACE:金鼎村") == [None, None, None]


def test_ids_count_from_the_first_mention_in_the_text():
    text = "王某和李某，王某和李某"
    entities = [("PERSON", 9, 11, None), ("PERSON", 6, 8, None), ("PERSON", 3, 5, None), ("PERSON", 0, 2, None)]
    assert assign_clusters(text, entities) == [1, 0, 1, 0]


KINDS = st.sampled_from(["PERSON", "ORG", "PLACE", "POSITION", "DATE"])


@given(st.text(alphabet="王建国某李政府县镇村公司 \ud800", max_size=30), st.data())
def test_any_entities(text, data):
    spans = data.draw(st.lists(st.tuples(KINDS, st.integers(-1, 32), st.integers(-1, 32)), max_size=10))
    entities = [
        (k, s, e, VALUE[k](text[max(s, 0) : max(e, 0)]) if k in VALUE and data.draw(st.booleans()) else None)
        for k, s, e in spans
    ]
    ids = assign_clusters(text, entities)
    assert len(ids) == len(entities)
    used = [i for i in ids if i is not None]
    assert all(used.count(i) > 1 for i in used)
    for (kind, *_), ident in zip(entities, ids, strict=True):
        assert ident is None or kind in {"PERSON", "ORG", "PLACE"}
