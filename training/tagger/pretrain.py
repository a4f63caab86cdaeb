"""Trains the tagger's body as a masked language model on raw text. Resumable; nothing here is needed at run time.

python training/tagger/pretrain.py --data ../shared/data -o training/.cache/body.pt [--minutes 60] [--width 128]
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from petition_nlp.tag.network import Body, NetworkConfig
from petition_nlp.tag.vocab import FIRST, MASK, SPACE, CharVocab, pair_ids
from petition_nlp.text import normalize

# How much of each source is read (petitions are what the product reads; statutes repeat themselves).
SOURCES = {"petitions": 3.0, "news": 1.0, "statutes": 0.3, "general": 0.5}
LENGTH = 256


def documents(data: Path, rng: random.Random) -> list[str]:
    out: list[str] = []
    for name, share in SOURCES.items():
        with lzma.open(data / "pretrain" / f"{name}.txt.xz", "rt", encoding="utf-8", errors="replace") as stream:
            lines = [line.rstrip("\n").replace("\\n", "\n") for line in stream]
        for _ in range(int(share)):
            out += lines
        if share % 1:
            out += [line for line in lines if rng.random() < share % 1]
    for name in ("pool", "train"):
        with (data / f"{name}.jsonl").open(encoding="utf-8") as stream:
            out += 2 * [json.loads(line)["text"] for line in stream]
    rng.shuffle(out)
    return [normalize(t).text for t in out]


def corrupt(ids: np.ndarray, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Mask about 15 % in runs of 1-3 characters: 80 % MASK, 10 % random, 10 % kept. Returns (input, where)."""
    starts = rng.random(ids.shape) < 0.08
    where = starts.copy()
    for shift, chance in ((1, 0.65), (2, 0.35)):
        where[:, shift:] |= starts[:, :-shift] & (rng.random(ids.shape) < chance)[:, shift:]
    where &= ids >= FIRST
    out = ids.copy()
    dice = rng.random(ids.shape)
    out[where & (dice < 0.8)] = MASK
    replace = where & (dice >= 0.8) & (dice < 0.9)
    out[replace] = rng.integers(FIRST, size, replace.sum())
    return out, where


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    torch.manual_seed(args.seed)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    started = time.time()
    texts = documents(args.data, rng)
    characters = CharVocab.build(texts, min_count=20, max_size=5500)
    vocab = CharVocab(characters)
    stream = np.concatenate([np.append(vocab.encode(t), SPACE).astype(np.uint16) for t in texts])
    print(
        f"{len(texts)} documents, {len(stream)} characters, {len(vocab)} ids, {time.time() - started:.0f} s", flush=True
    )
    del texts
    config = NetworkConfig(characters=len(vocab), pair_bits=vocab.pair_bits, width=args.width)
    body = Body(config)
    project = torch.nn.Linear(config.width, config.char_dim)
    bias = torch.nn.Parameter(torch.zeros(len(vocab)))
    parameters = [*body.parameters(), *project.parameters(), bias]
    optimizer = torch.optim.AdamW(parameters, lr=args.lr, betas=(0.9, 0.98), weight_decay=0.01)
    step = 0
    state_path = args.out.with_suffix(".state")
    if state_path.exists():
        state = torch.load(state_path, weights_only=True)
        body.load_state_dict(state["body"])
        project.load_state_dict(state["project"])
        bias.data.copy_(state["bias"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
        print(f"resumed at step {step}", flush=True)
    numbers = np.random.default_rng(args.seed + step)
    begin = time.time()
    seen, losses = 0, []
    while (used := (time.time() - begin) / 60 / args.minutes) < 1:
        at = numbers.integers(0, len(stream) - LENGTH, args.batch)
        ids = np.stack([stream[a : a + LENGTH] for a in at]).astype(np.int64)
        noisy, where = corrupt(ids, len(vocab), numbers)
        # Warm up over 500 steps, then fall along a cosine in wall time.
        rate = args.lr * min(1, (step + 1) / 500) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * used)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", dtype=torch.bfloat16):
            pairs = pair_ids(noisy, vocab.pair_bits)
            features = body(*map(torch.from_numpy, (noisy, pairs, np.zeros_like(noisy))))
            picked = features[torch.from_numpy(where)]
            scores = project(picked) @ body.char.weight.T + bias
        loss = functional.cross_entropy(scores.float(), torch.from_numpy(ids[where]))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        seen += ids.size
        losses.append(loss.item())
        if step % 200 == 0:
            print(
                f"step {step} loss {np.mean(losses[-200:]):.3f} {seen / (time.time() - begin):.0f} char/s", flush=True
            )
        if step % 1000 == 0:
            save(args.out, state_path, body, project, bias, optimizer, step, characters, config)
    save(args.out, state_path, body, project, bias, optimizer, step, characters, config)


def save(out, state_path, body, project, bias, optimizer, step, characters, config) -> None:  # type: ignore[no-untyped-def]
    torch.save({"body": body.state_dict(), "characters": characters, "config": config.to_dict(), "step": step}, out)
    state = {
        "body": body.state_dict(),
        "project": project.state_dict(),
        "bias": bias.data,
        "optimizer": optimizer.state_dict(),
        "step": step,
    }
    temporary = state_path.with_suffix(".tmp")
    torch.save(state, temporary)
    temporary.replace(state_path)


if __name__ == "__main__":
    main()
