"""Trains the entity tagger (torch, CPU or CUDA) and measures it.

    python training/tagger/train.py --data ../shared/data --body training/.cache/body.pt -o training/.cache/tagger.pt

The network is `petition_nlp.tag.network`; document heads over the same features are an auxiliary task. Fixed seed.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from petition_nlp.corpus import LabeledText, read_labeled
from petition_nlp.extract import find_all
from petition_nlp.tag.marks import mark
from petition_nlp.tag.network import HeadsProbe, NetworkConfig, Tagger
from petition_nlp.tag.tags import N_TAGS, decode, encode_spans, read_spans
from petition_nlp.tag.vocab import FIRST, UNKNOWN, CharVocab, pair_ids
from petition_nlp.taxonomy import default_taxonomy
from petition_nlp.text import normalize
from petition_nlp.train.solve import build_columns

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
LENGTH = 640  # longer texts are trained on a random window


@dataclass(slots=True)
class Item:
    """One training text: its normalised form, arrays of its characters, spans in it, and head targets."""

    text: str
    ids: np.ndarray
    marks: np.ndarray
    tags: np.ndarray
    spans: list[tuple[str, int, int]]
    targets: np.ndarray  # (columns,), NaN where not labelled


def prepare(
    texts: list[LabeledText], vocab: CharVocab, columns: list[tuple[str, str]] | None = None
) -> tuple[list[Item], list[tuple[str, str]]]:
    built = build_columns(texts, default_taxonomy())
    names = columns or [(c.head, c.label) for c in built]
    targets = np.full((len(texts), len(names)), np.nan, dtype=np.float32)
    for c in built:
        if (c.head, c.label) in names:
            targets[c.rows, names.index((c.head, c.label))] = c.truth
    items = []
    for t, target in zip(texts, targets, strict=True):
        n = normalize(t.text)
        spans = []
        for kind, start, end in t.entities or []:
            a, b = n.to_normalized(start, end)
            if a < b:
                spans.append((kind, a, b))
        ids = vocab.encode(n.text).astype(np.int64)
        items.append(Item(n.text, ids, mark(find_all(n.text), len(ids)), encode_spans(spans, len(ids)), spans, target))
    return items, names


def _is_plain_name(item: Item, kind: str, start: int, end: int) -> bool:
    return kind == "PERSON" and 2 <= end - start <= 3 and not set(item.text[start:end]) & set("某X×*女士先生姐哥总叔")


class Augment:
    """Renames people: given-name characters of a PERSON are replaced by others seen in such places, so that the
    tagger learns the place and not the name."""

    def __init__(self, items: list[Item], rng: random.Random) -> None:
        self.rng = rng
        pool: dict[int, list[int]] = defaultdict(list)
        for item in items:
            for kind, a, b in item.spans:
                if _is_plain_name(item, kind, a, b):
                    for i in range(a, b):
                        pool[min(i - a, 1)].append(int(item.ids[i]))
        self.pool = dict(pool)

    def __call__(self, item: Item, unknown: float) -> np.ndarray:
        ids = item.ids.copy()
        for kind, a, b in item.spans:
            if _is_plain_name(item, kind, a, b) and self.rng.random() < 0.4:
                for i in range(a, b):
                    ids[i] = self.rng.choice(self.pool[min(i - a, 1)])
        if unknown:
            lost = np.random.default_rng(self.rng.randrange(1 << 30)).random(len(ids)) < unknown
            ids[lost & (ids >= FIRST)] = UNKNOWN
        return ids


def batches(items: list[Item], size: int, rng: random.Random) -> list[list[Item]]:
    """Of about ``size`` characters each, texts of like length together."""
    order = sorted(items, key=lambda i: min(len(i.ids), LENGTH) + rng.random() * 60)
    out: list[list[Item]] = [[]]
    for item in order:
        if out[-1] and (len(out[-1]) + 1) * min(max(len(item.ids), 1), LENGTH) > size:
            out.append([])
        out[-1].append(item)
    rng.shuffle(out)
    return out


def collate(batch: list[Item], ids: list[np.ndarray], bits: int, rng: random.Random) -> list[torch.Tensor]:
    starts = [rng.randrange(len(i) - LENGTH + 1) if len(i) > LENGTH else 0 for i in ids]
    length = max(1, min(LENGTH, max(len(i) for i in ids)))
    x = np.zeros((3, len(batch), length), dtype=np.int64)
    tags = np.full((len(batch), length), -100, dtype=np.int64)
    for r, (item, own, s) in enumerate(zip(batch, ids, starts, strict=True)):
        n = min(len(own), LENGTH)
        x[0, r, :n], x[1, r, :n], x[2, r, :n] = own[s : s + n], pair_ids(own, bits)[s : s + n], item.marks[s : s + n]
        tags[r, :n] = item.tags[s : s + n]
    return [*map(torch.from_numpy, x), torch.from_numpy(tags), torch.from_numpy(np.stack([i.targets for i in batch]))]


@torch.no_grad()
def evaluate(
    model: Tagger, heads: HeadsProbe | None, items: list[Item], bits: int
) -> tuple[dict[str, float], np.ndarray | None]:
    model.eval()
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    logits = []
    for item in items:
        x = [torch.from_numpy(a[None]) for a in (item.ids, pair_ids(item.ids, bits), item.marks)]
        if not len(item.ids):
            continue
        features = model.body(*x)
        scores = model.tags(features)[0].numpy()
        said, gold = set(read_spans(decode(scores))), set(item.spans)
        for span in said | gold:
            k = 0 if span in said and span in gold else 1 if span in said else 2
            counts[span[0]][k] += 1
            counts["ALL"][k] += 1
        if heads is not None:
            heads.eval()
            logits.append(heads(features, x[0])[0].numpy())
    model.train()
    figures = {k: 2 * a / max(1, 2 * a + b + c) for k, (a, b, c) in sorted(counts.items())}
    return figures, np.stack(logits) if logits else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[2] / "shared" / "data")
    parser.add_argument("--body", type=Path, help="pretrained body (training/tagger/pretrain.py)")
    parser.add_argument("--init", type=Path, help="go on from a checkpoint of this script")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--batch", type=int, default=12_000, help="characters a batch")
    parser.add_argument("--heads", type=float, default=0.3, help="weight of the auxiliary document heads; 0: none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop early; the schedule is fitted to it")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    torch.manual_seed(args.seed)
    from default import training_texts

    texts = [t for t in training_texts(args.data)[0] if t.entities is not None]
    if args.body or args.init:
        saved = torch.load(args.init or args.body, weights_only=True)
        sizes = {**saved["config"], "dilations": tuple(saved["config"]["dilations"])}
        config = replace(NetworkConfig(**sizes), dropout=0.15)
        vocab = CharVocab(saved["characters"], config.pair_bits)
    else:
        vocab = CharVocab(CharVocab.build([normalize(t.text).text for t in texts], min_count=2))
        config = NetworkConfig(characters=len(vocab), dropout=0.2)
    items, columns = prepare(texts, vocab)
    model = Tagger(config, N_TAGS)
    if args.init:
        model.load_state_dict(saved["model"])
    elif args.body:
        missing = model.body.load_state_dict(saved["body"], strict=False)
        print("not in the pretrained body:", missing.missing_keys)
    heads = HeadsProbe(config.width, len(columns)) if args.heads else None
    if args.init and heads and "heads" in saved:
        heads.load_state_dict(saved["heads"])
    parameters = [*model.parameters(), *(heads.parameters() if heads else [])]
    optimizer = torch.optim.AdamW(parameters, lr=args.lr, weight_decay=0.02)
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995))
    augment = Augment(items, rng)
    begin = time.time()
    total = args.epochs * len(batches(items, args.batch, random.Random(0)))
    step = 0
    for epoch in range(args.epochs):
        losses = []
        for batch in batches(items, args.batch, rng):
            used = max(step / total, (time.time() - begin) / 60 / args.minutes)
            if used >= 1:
                break
            for group in optimizer.param_groups:
                group["lr"] = args.lr * min(1, (step + 1) / 60) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * used)))
            *x, tags, targets = collate(batch, [augment(i, 0.03) for i in batch], config.pair_bits, rng)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                features = model.body(*x)
                scores = model.tags(features)
                extra = heads(features, x[0]) if heads else None
            loss = functional.cross_entropy(scores.float().flatten(0, 1), tags.flatten(), label_smoothing=0.03)
            if extra is not None:
                known = ~targets.isnan()
                auxiliary = functional.binary_cross_entropy_with_logits(extra.float()[known], targets[known])
                loss = loss + args.heads * auxiliary
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            average.update_parameters(model)
            losses.append(loss.item())
            step += 1
        if losses:
            print(f"epoch {epoch + 1} loss {np.mean(losses):.4f} {time.time() - begin:.0f} s", flush=True)
    final = average.module
    for name in ("dev", "dev_village"):
        gold = list(read_labeled(args.data / f"{name}.jsonl"))
        figures, logits = evaluate(final, heads, prepare(gold, vocab, columns)[0], config.pair_bits)
        print(name, " ".join(f"{k} {v:.3f}" for k, v in figures.items()), flush=True)
        if logits is not None:
            np.savez(args.out.with_suffix(f".{name}.npz"), logits=logits, columns=np.array(columns))
    out = {"model": final.state_dict(), "characters": vocab.characters, "config": config.to_dict()}
    torch.save({**out, **({"heads": heads.state_dict()} if heads else {})}, args.out)


if __name__ == "__main__":
    main()
