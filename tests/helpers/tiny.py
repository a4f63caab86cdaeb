"""A tiny labelled set and bundle, made on the spot: enough for every head to learn something."""

from __future__ import annotations

import itertools
from pathlib import Path

from petition_nlp.corpus import LabeledText
from petition_nlp.taxonomy import default_taxonomy
from petition_nlp.train import TrainingConfig, save_trained, train_linear
from petition_nlp.train.linear import Trained

_DOMAIN = {
    "low_income": ("我奶奶的低保被停了三个月", "民政所不给办临时救助", "残疾护理补贴一直没到账"),
    "land": ("征地补偿款一直没给", "宅基地被邻居占了一半", "我家承包地被人挖成了鱼塘"),
    "project": ("新修的村道半年就开裂", "工地半夜打桩吵得睡不着", "桥修到一半停工了"),
    "village_asset": ("村集体鱼塘包给谁没人说", "村里三年没公布账目", "集体分红没有我们家的份"),
    "": ("公交车总是晚点", "邻居养狗扰民", "物业费涨得太快"),
}
_KIND = {
    "accusation": ("我要举报村支书，请纪委查处。", 2, ("embezzlement",)),
    "appeal": ("请帮忙解决，拨打几次没人管。", 1, ("inaction",)),
    "suggestion": ("建议以后改进一下。", 0, ()),
    "inquiry": ("请问怎么办理，需要什么材料？", 0, ()),
}
_DANGER = "墙随时会倒，要出人命了，十万火急！"
_OFFICIAL = {
    "reply": "您好，您反映的问题收悉。经核实，现答复如下：",
    "policy": "第一条 为规范管理，制定本办法。各乡镇应当遵照执行：",
    "report": "本报讯 县委召开会议，会议指出要抓好落实：",
}
_NAMES = ("东河村", "西岗村", "南坪镇", "北口乡")


def tiny_texts(copies: int = 2) -> list[LabeledText]:
    """About a hundred and fifty labelled texts, all heads labelled; no two alike."""
    taxonomy = default_taxonomy()
    out: list[LabeledText] = []

    def add(text: str, labels: dict[str, list[str]]) -> None:
        out.append(LabeledText(f"t{len(out):04d}", text, labels))

    for n, (domain, phrases) in itertools.product(range(copies), _DOMAIN.items()):
        for (i, phrase), (kind, (ending, level, misconduct)) in itertools.product(enumerate(phrases), _KIND.items()):
            danger = kind == "appeal" and i == 0
            text = f"我是{_NAMES[(i + n) % 4]}{n + 1}组的，{phrase}。{_DANGER if danger else ''}{ending}"
            add(
                text,
                {
                    "doc_type": ["petition"],
                    "domains": [domain] if domain else [],
                    "petition_type": [kind],
                    "severity": [taxonomy.heads["severity"].ids[3 if danger else level]],
                    "misconduct": list(misconduct),
                },
            )
        for kind, opening in _OFFICIAL.items():
            add(
                f"{opening}关于{_NAMES[n % 4]}{n + 1}组“{phrases[n % 3]}”的情况。",
                {"doc_type": [kind], "domains": [domain] if domain else [], "misconduct": []},
            )
    return out


def tiny_trained(**settings: object) -> Trained:
    config = TrainingConfig.from_dict({"folds": 3, "c": [5.0], **settings})
    return train_linear(tiny_texts(), default_taxonomy(), config)


def tiny_bundle(path: Path, **settings: object) -> Path:
    return save_trained(tiny_trained(**settings), path, name="tiny", version="0.0.1", card="# tiny\n")
