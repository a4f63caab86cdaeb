"""The tagger's network in torch (training only): a residual stack of dilated convolutions over characters.

Iterated dilated convolutions see a wide context at a fraction of a BiLSTM's cost (Strubell et al. 2017,
arXiv:1702.02098). The same body is first trained as a masked language model (Devlin et al. 2019).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from petition_nlp.tag.marks import N_MARKS


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Sizes. ``dilations`` has one entry per block; kernel 3 throughout."""

    characters: int
    marks: int = N_MARKS
    pair_bits: int = 15
    char_dim: int = 96
    pair_dim: int = 32
    width: int = 128
    dilations: tuple[int, ...] = (1, 2, 4, 8, 1)
    dropout: float = 0.1

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "dilations": list(self.dilations)}


class Block(nn.Module):
    """x + conv(gelu(conv_dilated(norm(x))))."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        # A convolution of kernel 3 written as one product over (left, here, right): faster than Conv1d on CPUs.
        self.dilation = dilation
        self.conv = nn.Linear(3 * width, width)
        self.out = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, keep: Tensor) -> Tensor:
        h = self.norm(x) * keep
        d = self.dilation
        padded = functional.pad(h, (0, 0, d, d))
        h = self.conv(torch.cat([padded[:, : -2 * d], h, padded[:, 2 * d :]], dim=-1))
        out: Tensor = x + self.dropout(self.out(functional.gelu(h, approximate="tanh")))
        return out


class Body(nn.Module):
    """Ids, pair ids and grammar marks, each (batch, length) -> features (batch, length, width)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.char = nn.Embedding(config.characters, config.char_dim, padding_idx=0)
        self.pair = nn.Embedding(1 << config.pair_bits, config.pair_dim)
        self.mark = nn.Embedding(config.marks, config.width)
        self.inner = nn.Linear(config.char_dim + config.pair_dim, config.width)
        self.blocks = nn.ModuleList(Block(config.width, d, config.dropout) for d in config.dilations)
        self.norm = nn.LayerNorm(config.width)
        self.dropout = nn.Dropout(config.dropout)
        nn.init.normal_(self.char.weight, std=0.1)
        nn.init.normal_(self.pair.weight, std=0.1)
        nn.init.zeros_(self.mark.weight)

    def forward(self, ids: Tensor, pairs: Tensor, marks: Tensor) -> Tensor:
        keep = (ids != 0).unsqueeze(-1).to(self.inner.weight.dtype)
        x = self.inner(self.dropout(torch.cat([self.char(ids), self.pair(pairs)], dim=-1))) + self.mark(marks)
        for block in self.blocks:
            x = block(x, keep)
        out: Tensor = self.norm(x)
        return out


class Tagger(nn.Module):
    """The body with a score for every tag of every character: (batch, length, tags)."""

    def __init__(self, config: NetworkConfig, tags: int) -> None:
        super().__init__()
        self.body = Body(config)
        self.tags = nn.Linear(config.width, tags)

    def forward(self, ids: Tensor, pairs: Tensor, marks: Tensor) -> Tensor:
        out: Tensor = self.tags(self.body(ids, pairs, marks))
        return out


class HeadsProbe(nn.Module):
    """Document heads over the same body, pooled by attention: an auxiliary task of the tagger's training.

    Args:
        outputs: number of logits of all heads together.
    """

    def __init__(self, width: int, outputs: int, dropout: float = 0.3) -> None:
        super().__init__()
        self.attend = nn.Linear(width, 4)
        self.out = nn.Sequential(nn.Dropout(dropout), nn.Linear(5 * width, outputs))

    def forward(self, features: Tensor, ids: Tensor) -> Tensor:
        keep = (ids != 0).unsqueeze(-1)
        weights = self.attend(features).masked_fill(~keep, -1e4).softmax(dim=1)
        pooled = torch.einsum("blk,blw->bkw", weights, features).flatten(1)
        highest = features.masked_fill(~keep, -1e4).amax(dim=1)
        out: Tensor = self.out(torch.cat([pooled, highest], dim=-1))
        return out
