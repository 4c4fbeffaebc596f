# mypy: ignore-errors
"""Train the network that reads lines for readers' comments, and export it as int8 ONNX; SEGMENTS.md is its card.

    python -m api.loader.model.train_lines fit SEGMENTS NEWS BASE OUT [--runs 0-1 ...]
    python -m api.loader.model.train_lines export OUT/all.pt

SEGMENTS is the folder of dev.jsonl.gz, NEWS a .jsonl.gz of articles without comments, BASE a folder with the weights
of all-MiniLM-L6-v2; the words' vectors are those of words.onnx. OUT gets a run's weights and its reading of the pages
that it has not seen: run "0-1" of those of folds 0 and 1, run "0" of those of fold 0, "all" none. `train_segments`
needs them all. A run that is there is not done again: three to six minutes of a core each.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from api.loader.linereading import READING, SCORES, cut, padded
from api.loader.model.train import WIDTH, Graph, Tagger
from api.loader.model.train_segments import FOLDS, Page, folds, pages
from api.loader.tagger import MODEL, VECTORS, Tokens

LAYERS = 3  # of the base's six
EPOCHS, RATE, HEAD_RATE, DECAY = 2, 5e-5, 1e-3, 0.9  # DECAY a layer downwards
BUDGET = 1024  # tokens of a batch
PARTS = (1.0, 0.5, 0.3, 0.5)  # of the loss, by score
RARE = (0.0, 4.0, 4.0, 0.0)  # more weight for a line that is it
torch.set_num_threads(1)


class Reader(nn.Module):
    """Lines to scores, and what these are made of; the words' vectors are the tagger's and stay as they are."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.network = Tagger()
        self.network.load_base(base)
        shipped = onnx.load(MODEL / "words.onnx").graph.initializer
        table = {each.name: torch.from_numpy(numpy_helper.to_array(each).copy()) for each in shipped}
        with torch.no_grad():
            self.network.words.weight.copy_(table["words"] * table["words_scale"])
            self.network.positions.weight[: len(table["positions"])] = table["positions"]
            self.network.shapes.weight.copy_(table["shapes_table"])
            self.network.states.weight.copy_(table["states_table"])
            self.network.norm.weight.copy_(table["norm.gamma"])
            self.network.norm.bias.copy_(table["norm.beta"])
        self.layers = self.network.layers[:LAYERS]
        self.head, self.drop = nn.Linear(2 * WIDTH, len(SCORES)), nn.Dropout(0.3)
        self.network.requires_grad_(False)
        self.layers.requires_grad_(True)

    def forward(self, ids: Tensor, shapes: Tensor, states: Tensor, real: Tensor, own: Tensor) -> Tensor:
        below, mask = self.network, torch.where(real, 0.0, -1e4)[:, None, None, :]
        places = torch.arange(ids.shape[1])
        x = below.words(ids) + below.positions(places) + below.shapes(shapes) + below.states(states)
        x = below.dropout(below.norm(x))
        for layer in self.layers:
            x = layer(x, mask)
        inside = own[:, :, None]
        mean = (x * inside).sum(1) / inside.sum(1)
        pooled = torch.cat([mean, x.masked_fill(~inside, -1e4).max(1).values], 1)
        return torch.cat([self.head(self.drop(pooled)), pooled], 1)

    def trained(self) -> dict[str, Tensor]:
        """What differs from base and tagger."""
        return {k: v for k, v in self.state_dict().items() if k.startswith(("layers.", "head."))}


def examples(found: Sequence[Page]) -> list[tuple[Tokens, tuple[float, ...], float]]:
    """A page's different lines with their answers (-1 where nobody knows) and weights.

    Where one stands in both variants of a page and they differ, it is what it is in either: the first line of
    prose is the first of the comments, as the name above it is.
    """
    told: dict[tuple[str, str], tuple[float, ...]] = {}
    weight: dict[tuple[str, str], float] = {}
    for each in found:
        first = len(each.rows) + 1 if each.first is None else each.first
        for index, row in enumerate(each.rows):
            starts = float(index in each.starts) if each.starts and index >= first else -1.0
            answer = (float(index >= first), float(index == first), float(index == first - 1), starts)
            key = (each.page, row.text)
            told[key] = tuple(map(max, told.get(key, answer), answer))
            weight[key] = min(1.0, 3 / len(each.rows) ** 0.5)
    read = ((cut(text), answer, weight[page, text]) for (page, text), answer in told.items())
    return [each for each in read if len(each[0].ids)]


def batches(rows: Sequence[tuple], chance: random.Random) -> list[list[tuple]]:
    """Lines of about one length together, ``BUDGET`` tokens or less, in random order."""
    made: list[list[tuple]] = [[]]
    for row in sorted(rows, key=lambda row: len(row[0].ids) + chance.random() * 6):
        if (len(made[-1]) + 1) * (len(row[0].ids) + 2) > BUDGET:
            made.append([])
        made[-1].append(row)
    chance.shuffle(made)
    return made


def fit(model: Reader, rows: Sequence[tuple], seed: int) -> None:
    """Train ``model`` in place."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    groups = [{"params": model.head.parameters(), "lr": HEAD_RATE}]
    groups += [
        {"params": layer.parameters(), "lr": RATE * DECAY ** (LAYERS - 1 - index)}
        for index, layer in enumerate(model.layers)
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    total = EPOCHS * len(batches(rows, random.Random(0)))
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.1 * total), max(0.02, (total - step) / (0.9 * total)))
    )
    parts, rare = torch.tensor(PARTS), torch.tensor(RARE)
    model.train()
    for _ in range(EPOCHS):
        for batch in batches(rows, chance):
            with torch.autocast("cpu", torch.bfloat16):
                read = model(*map(torch.from_numpy, padded([row[0] for row in batch])))
            scores, gold = read[:, : len(SCORES)].float(), torch.tensor([row[1] for row in batch])
            line = torch.tensor([row[2] for row in batch])[:, None]
            weight = line * parts * (gold >= 0) * (1 + rare * gold.clamp(min=0))
            loss = F.binary_cross_entropy_with_logits(scores, gold.clamp(min=0), reduction="none")
            optimizer.zero_grad()
            ((loss * weight).sum() / line.sum().clamp(min=1)).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            pace.step()


def read(model: Reader, found: Sequence[Page]) -> Iterator[tuple[str, np.ndarray]]:
    """Each page's id and what `linereading.line_readings` would say of its lines, as 16-bit floats."""
    model.eval()
    for each in found:
        rows = np.zeros((len(each.rows), READING), np.float16)
        pieces = [cut(row.text) for row in each.rows]
        some = sorted(
            (index for index, row in enumerate(pieces) if len(row.ids)), key=lambda at: len(pieces[at].ids)
        )
        with torch.no_grad():
            for at in range(0, len(some), 32):
                part = some[at : at + 32]
                rows[part] = model(*map(torch.from_numpy, padded([pieces[index] for index in part]))).numpy()
        yield each.id, rows


def fit_runs(args: argparse.Namespace) -> None:
    found = pages(args.segments, args.news)
    place = folds(found)
    args.out.mkdir(exist_ok=True)
    pairs = [f"{one}-{other}" for one, other in combinations(range(FOLDS), 2)]
    for run in args.runs or [*pairs, *map(str, range(FOLDS)), "all"]:
        weights, readings = args.out / f"{run}.pt", args.out / f"{run}.npz"
        if readings.exists():
            continue
        without = set() if run == "all" else set(map(int, run.split("-")))
        model = Reader(args.base)
        if weights.exists():
            model.load_state_dict(torch.load(weights, weights_only=True), strict=False)
        else:
            seen = [each for each, fold in zip(found, place, strict=True) if fold not in without]
            fit(model, examples(seen), sum(without))
            torch.save(model.trained(), weights)
        held = [each for each, fold in zip(found, place, strict=True) if fold in without]
        np.savez_compressed(readings, **dict(read(model, held)))
        print(run, len(held), "pages held out", flush=True)


def export(args: argparse.Namespace) -> None:
    """Write lines.onnx: int8 weights, a scale a column, activations as they come; the head stays as it is."""
    weights = torch.load(args.weights, weights_only=True)
    layers = Tagger().layers[:LAYERS]
    layers.load_state_dict(
        {name.removeprefix("layers."): value for name, value in weights.items() if name.startswith("layers.")}
    )
    graph = Graph()
    graph.node("Cast", ["real"], "mask", to=TensorProto.INT32)
    x = VECTORS
    for index, layer in enumerate(layers):
        x = graph.layer(f"layer{index}", x, layer)
    graph.constant("last", np.array([2]))
    graph.constant("along", np.array([1]))
    graph.constant("least", np.array(-1e4, np.float32))
    graph.node("Unsqueeze", ["own", "last"], "inside")
    graph.node("Cast", ["inside"], "ones", to=TensorProto.FLOAT)
    graph.node("Mul", [x, "ones"], "kept")
    graph.node("ReduceSum", ["kept", "along"], "sum", keepdims=0)
    graph.node("ReduceSum", ["ones", "along"], "count", keepdims=0)
    graph.node("Div", ["sum", "count"], "mean")
    graph.node("Where", ["inside", x, "least"], "shown")
    graph.node("ReduceMax", ["shown"], "most", axes=[1], keepdims=0)
    graph.node("Concat", ["mean", "most"], "pooled", axis=1)
    graph.constant("head.weight", weights["head.weight"].T.numpy())
    graph.constant("head.bias", weights["head.bias"].numpy())
    graph.node("MatMul", ["pooled", "head.weight"], "scores.raw")
    graph.node("Add", ["scores.raw", "head.bias"], "scores")
    graph.node("Concat", ["scores", "pooled"], "reading", axis=1)
    info, shape = helper.make_tensor_value_info, ["batch", "length"]
    inputs = [info(VECTORS, TensorProto.FLOAT, [*shape, WIDTH])]
    inputs += [info(name, TensorProto.BOOL, shape) for name in ("real", "own")]
    outputs = [info("reading", TensorProto.FLOAT, ["batch", READING])]
    made = helper.make_graph(graph.nodes, "lines", inputs, outputs, graph.weights)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(Graph.FUSED, 1)]
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        onnx.save(helper.make_model(made, opset_imports=opsets, ir_version=9), plain)
        quantize_dynamic(
            plain,
            args.out / "lines.onnx",
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Attention"],
            nodes_to_exclude=["scores.raw"],
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    fitting = commands.add_parser("fit")
    fitting.set_defaults(run_command=fit_runs)
    for name in ("segments", "news", "base", "out"):
        fitting.add_argument(name, type=Path)
    fitting.add_argument("--runs", nargs="*")
    exporting = commands.add_parser("export")
    exporting.set_defaults(run_command=export)
    exporting.add_argument("weights", type=Path)
    exporting.add_argument("--out", type=Path, default=MODEL)
    args = parser.parse_args()
    args.run_command(args)


if __name__ == "__main__":
    main()
