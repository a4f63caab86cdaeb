"""Writes a trained tagger as ONNX and, from it, a file with int8 weights (needs the ``train`` extra)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petition_nlp.errors import importable

Arrays = Mapping[str, NDArray[np.float32]]
OPSET = 20  # Gelu


class _Graph:
    """Collects nodes and weights of an ONNX graph. Written by hand: the network is small, and this way the export
    depends on neither torch's exporter nor its version."""

    def __init__(self) -> None:
        self.helper = importable("onnx.helper", "train")
        self.numpy_helper = importable("onnx.numpy_helper", "train")
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.weights.append(self.numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(self.helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def linear(self, x: str, state: Arrays, prefix: str) -> str:
        """x W' + b, as a MatMul with the transposed weight, which the quantiser knows."""
        weight = self.constant(f"{prefix}.weight_t", state[f"{prefix}.weight"].T)
        return self.op("Add", self.op("MatMul", x, weight), self.constant(f"{prefix}.bias", state[f"{prefix}.bias"]))

    def norm(self, x: str, state: Arrays, prefix: str) -> str:
        scale = self.constant(f"{prefix}.weight", state[f"{prefix}.weight"])
        shift = self.constant(f"{prefix}.bias", state[f"{prefix}.bias"])
        return self.op("LayerNormalization", x, scale, shift, axis=-1, epsilon=1e-5)


def export_tagger(state: Arrays, config: Mapping[str, Any], path: Path) -> None:
    """Write the network of :mod:`petition_nlp.tag.network` with these weights.

    Args:
        state: the torch module's state as numpy arrays. config: its sizes.
    """
    g = _Graph()
    keep_type = g.constant("zero", np.array(0, dtype=np.int64))
    not_pad = g.op("Not", g.op("Equal", "ids", keep_type))
    keep = g.op("Unsqueeze", g.op("Cast", not_pad, to=1), g.constant("last_axis", np.array([-1], dtype=np.int64)))
    tables = [
        g.op("Gather", g.constant(f"body.{n}.weight", state[f"body.{n}.weight"]), ids)
        for n, ids in (("char", "ids"), ("pair", "pairs"), ("mark", "marks"))
    ]
    x = g.op("Add", g.linear(g.op("Concat", *tables[:2], axis=-1), state, "body.inner"), tables[2])
    for i, dilation in enumerate(config["dilations"]):
        h = g.op("Mul", g.norm(x, state, f"body.blocks.{i}.norm"), keep)
        pads = g.constant(f"pads_{i}", np.array([0, dilation, 0, 0, dilation, 0], dtype=np.int64))
        padded = g.op("Pad", h, pads)
        left = _slice(g, padded, 0, -2 * dilation, i, "left")
        right = _slice(g, padded, 2 * dilation, np.iinfo(np.int64).max, i, "right")
        h = g.linear(g.op("Concat", left, h, right, axis=-1), state, f"body.blocks.{i}.conv")
        x = g.op("Add", x, g.linear(g.op("Gelu", h, approximate="tanh"), state, f"body.blocks.{i}.out"))
    scores = g.linear(g.norm(x, state, "body.norm"), state, "tags")
    onnx = importable("onnx", "train")
    helper = g.helper
    ids_info = [
        helper.make_tensor_value_info(n, onnx.TensorProto.INT64, ["batch", "length"]) for n in ("ids", "pairs", "marks")
    ]
    tags = state["tags.bias"].shape[0]
    out_info = helper.make_tensor_value_info(scores, onnx.TensorProto.FLOAT, ["batch", "length", tags])
    graph = helper.make_graph(g.nodes, "tagger", ids_info, [out_info], g.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _slice(g: _Graph, x: str, start: int, stop: int, block: int, side: str) -> str:
    name = f"{side}_{block}"
    parts = [
        g.constant(f"{name}_{k}", np.array([v], dtype=np.int64))
        for k, v in (("from", start), ("to", stop), ("axis", 1))
    ]
    return g.op("Slice", x, *parts)


def quantize(source: Path, target: Path) -> None:
    """Weights of all products as int8 with one scale a column; activations are quantised as they come (dynamic)."""
    quantization = importable("onnxruntime.quantization", "train")
    quantization.quantize_dynamic(
        source,
        target,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        weight_type=quantization.QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True},
    )


def halve_tables(path: Path) -> None:
    """Store the embedding tables as float16 and widen what is looked up: halves the file at no loss that shows."""
    onnx = importable("onnx", "train")
    helper = importable("onnx.helper", "train")
    numpy_helper = importable("onnx.numpy_helper", "train")
    model = onnx.load(str(path))
    tables = {n.input[0] for n in model.graph.node if n.op_type == "Gather"}
    for weight in model.graph.initializer:
        if weight.name in tables:
            weight.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float16), weight.name))
    nodes = []
    for node in model.graph.node:
        nodes.append(node)
        if node.op_type == "Gather" and node.input[0] in tables:
            wide, node.output[0] = node.output[0], node.output[0] + "_half"
            nodes.append(helper.make_node("Cast", [node.output[0]], [wide], to=onnx.TensorProto.FLOAT))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, str(path))
