# mypy: ignore-errors
"""Train the network that reads lines for readers' comments, and export it as int8 ONNX; SEGMENTS.md is its card.

    python -m api.loader.model.train_lines fit SEGMENTS NEWS BASE OUT [--runs 0 ...]
    python -m api.loader.model.train_lines export OUT/all.pt BASE

SEGMENTS is the folder of dev.jsonl.gz, NEWS a .jsonl.gz of articles without comments, BASE a folder with the weights
of all-mpnet-base-v2. OUT gets a run's weights and its reading of the pages that it has not seen: run "0" of those of
fold 0, "all" of none. `train_segments` needs them all. A run that is there is not done
again: ten minutes of a core each.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper
from torch import Tensor, nn
from transformers import MPNetModel
from transformers.models.mpnet.modeling_mpnet import MPNetLayer

from api.loader.linereading import PIECES, READING, SCORES, cut, padded
from api.loader.model.train import Graph
from api.loader.model.train_segments import FOLDS, Page, folds, pages
from api.loader.tagger import MODEL
from api.loader.wordpieces import vocabulary

BELOW, LAYERS = 4, 8  # of the base's twelve layers: those that stay as they are, and those that are used
EPOCHS, RATE, HEAD_RATE, DECAY = 1, 4e-5, 1e-3, 0.9  # DECAY a layer downwards
BUDGET = 1024  # tokens of a batch
PARTS = (1.0, 0.5, 0.3, 0.5)  # of the loss, by score
RARE = (0.0, 4.0, 4.0, 0.0)  # more weight for a line that is it
BLOCK = 128  # weights that have a scale, where they are shipped
EPSILON = 1e-5  # of the base's norms
SPECIAL = {"[PAD]": "<pad>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>"}  # ours in the base's words
Row = tuple[int, tuple[float, ...], float]
torch.set_num_threads(1)


class Base:
    """The lower part of all-mpnet-base-v2, its words in the order of our vocabulary."""

    def __init__(self, folder: Path) -> None:
        self.network = MPNetModel.from_pretrained(folder, add_pooling_layer=False).eval()
        theirs = {word: at for at, word in enumerate((folder / "vocab.txt").read_text().splitlines())}
        self.ids = torch.tensor([theirs.get(SPECIAL.get(w, w), theirs["[UNK]"]) for w in vocabulary()])
        self.layers = self.network.encoder.layer[:LAYERS]

    def bias(self, length: int) -> Tensor:
        """What the distance between two pieces adds to their attention, of shape (1, heads, length, length)."""
        return self.network.encoder.compute_position_bias(torch.zeros(1, length, 1)).detach()

    @torch.no_grad()
    def below(self, ids: np.ndarray, real: np.ndarray) -> Tensor:
        """The states after the layers that are not trained."""
        places = torch.arange(ids.shape[1])[None].expand(ids.shape) + 2  # its first place is the third
        mask = attended(torch.from_numpy(real))
        with torch.autocast("cpu", torch.bfloat16):
            x = self.network.embeddings(input_ids=self.ids[torch.from_numpy(ids)], position_ids=places)
            for layer in self.layers[:BELOW]:
                x = layer(x, mask, self.bias(ids.shape[1]))[0]
        return x.bfloat16()


def attended(real: Tensor) -> Tensor:
    return torch.where(real, 0.0, -1e4)[:, None, None, :]


@dataclass(frozen=True)
class Lines:
    """Different lines, each as the states of its pieces (CLS and SEP among them), one behind the other."""

    number: dict[str, int]
    lengths: np.ndarray
    starts: np.ndarray
    states: Tensor

    @classmethod
    def of(cls, base: Base, texts: Sequence[str]) -> Lines:
        """Those of ``texts`` that have words."""
        pieces = {text: cut(text) for text in texts}
        pieces = {text: each for text, each in pieces.items() if len(each.ids)}
        lengths = np.array([len(each.ids) + 2 for each in pieces.values()])
        starts = np.cumsum(lengths) - lengths
        states = torch.empty(int(lengths.sum()), base.network.config.hidden_size, dtype=torch.bfloat16)
        lines, each = (
            cls({text: at for at, text in enumerate(pieces)}, lengths, starts, states),
            [*pieces.values()],
        )
        for part in lines.batches(np.argsort(lengths, kind="stable")):
            rows = padded([each[at] for at in part])
            for at, state in zip(part, base.below(rows.ids, rows.real), strict=True):
                states[starts[at] : starts[at] + lengths[at]] = state[: lengths[at]]
        return lines

    def batches(self, order: Sequence[int]) -> list[np.ndarray]:
        """``order``, in which lengths rise about, in parts of ``BUDGET`` tokens or less."""
        made: list[list[int]] = [[]]
        longest = 0
        for at in order:
            longest = max(longest, self.lengths[at])
            if made[-1] and (len(made[-1]) + 1) * longest > BUDGET:
                made.append([])
                longest = self.lengths[at]
            made[-1].append(at)
        return [np.array(part) for part in made]

    def batch(self, part: np.ndarray) -> tuple[Tensor, Tensor, Tensor]:
        """States of shape (lines, tokens, width), which tokens are there, and which are the line's own."""
        lengths = torch.from_numpy(self.lengths[part])[:, None]
        x = torch.zeros(len(part), int(lengths.max()), self.states.shape[1], dtype=torch.bfloat16)
        for row, at in enumerate(part):
            x[row, : self.lengths[at]] = self.states[self.starts[at] :][: self.lengths[at]]
        place = torch.arange(x.shape[1])[None]
        return x, place < lengths, (place > 0) & (place < lengths - 1)


class Reader(nn.Module):
    """A line's states to scores, and what these are made of."""

    def __init__(self, base: Base) -> None:
        super().__init__()
        self.base = (base,)  # not a part of what is trained
        self.layers = nn.ModuleList(base.layers[BELOW:])
        self.head = nn.Linear(READING - len(SCORES), len(SCORES))
        self.drop = nn.Dropout(0.3)

    def forward(self, x: Tensor, real: Tensor, own: Tensor) -> Tensor:
        bias = self.base[0].bias(x.shape[1])
        for layer in self.layers:
            x = layer(x, attended(real), bias)[0]
        x, inside = x.float(), own[:, :, None]
        mean = (x * inside).sum(1) / inside.sum(1)
        pooled = torch.cat([mean, x.masked_fill(~inside, -1e4).max(1).values], 1)
        return torch.cat([self.head(self.drop(pooled)), pooled], 1)


def examples(found: Sequence[Page], number: dict[str, int]) -> list[Row]:
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
    return [
        (number[text], answer, weight[page, text]) for (page, text), answer in told.items() if text in number
    ]


def fit(model: Reader, lines: Lines, rows: Sequence[Row], seed: int) -> None:
    """Train ``model`` in place."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    groups = [{"params": model.head.parameters(), "lr": HEAD_RATE}]
    groups += [
        {"params": layer.parameters(), "lr": RATE * DECAY ** (len(model.layers) - 1 - index)}
        for index, layer in enumerate(model.layers)
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    total = EPOCHS * len(shuffled(lines, rows, random.Random(0)))
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.1 * total), max(0.02, (total - step) / (0.9 * total)))
    )
    parts, rare = torch.tensor(PARTS), torch.tensor(RARE)
    model.train()
    for _ in range(EPOCHS):
        for batch in shuffled(lines, rows, chance):
            with torch.autocast("cpu", torch.bfloat16):
                read = model(*lines.batch(np.array([row[0] for row in batch])))
            scores, gold = read[:, : len(SCORES)].float(), torch.tensor([row[1] for row in batch])
            line = torch.tensor([row[2] for row in batch])[:, None]
            weight = line * parts * (gold >= 0) * (1 + rare * gold.clamp(min=0))
            loss = F.binary_cross_entropy_with_logits(scores, gold.clamp(min=0), reduction="none")
            optimizer.zero_grad()
            ((loss * weight).sum() / line.sum().clamp(min=0.5)).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            pace.step()


def shuffled(lines: Lines, rows: Sequence[Row], chance: random.Random) -> list[list[Row]]:
    """Batches of lines of about one length, in random order."""
    rows = sorted(rows, key=lambda row: lines.lengths[row[0]] + chance.random() * 6)
    ends = np.cumsum([len(part) for part in lines.batches([row[0] for row in rows])])
    made = [rows[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    chance.shuffle(made)
    return made


@torch.no_grad()
def read(model: Reader, lines: Lines, found: Sequence[Page]) -> Iterator[tuple[str, np.ndarray]]:
    """Each page's id and what `linereading.line_readings` would say of its lines, as 16-bit floats."""
    model.eval()
    for each in found:
        rows = np.zeros((len(each.rows), READING), np.float16)
        numbers = [lines.number.get(row.text, -1) for row in each.rows]
        some = sorted(
            (index for index, at in enumerate(numbers) if at >= 0),
            key=lambda index: lines.lengths[numbers[index]],
        )
        done = 0
        for part in lines.batches([numbers[index] for index in some]):
            with torch.autocast("cpu", torch.bfloat16):
                rows[some[done : done + len(part)]] = model(*lines.batch(part)).float().numpy()
            done += len(part)
        yield each.id, rows


def fit_runs(args: argparse.Namespace) -> None:
    found = pages(args.segments, args.news)
    place = folds(found)
    args.out.mkdir(exist_ok=True)
    lines = Lines.of(Base(args.base), [row.text for each in found for row in each.rows])
    for run in args.runs or [*map(str, range(FOLDS)), "all"]:
        weights, readings = args.out / f"{run}.pt", args.out / f"{run}.npz"
        if readings.exists():
            continue
        held = [each for each, fold in zip(found, place, strict=True) if str(fold) == run]
        model = Reader(Base(args.base))
        if weights.exists():
            model.load_state_dict(torch.load(weights, weights_only=True))
        else:
            seen = [each for each, fold in zip(found, place, strict=True) if str(fold) != run]
            fit(model, lines, examples(seen, lines.number), int(run) if held else 0)
            torch.save(model.state_dict(), weights)
        np.savez_compressed(readings, **dict(read(model, lines, held)))
        print(run, len(held), "pages held out", flush=True)


# --- what is shipped --------------------------------------------------------------------------------------


def quantized(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A matrix as ORT's MatMulNBits takes it (its documentation, "B" and "scales"): rows are outputs, 128 is zero."""
    blocks = weight.reshape(len(weight), -1, BLOCK)
    scale = np.abs(blocks).max(-1, keepdims=True) / 127 + 1e-12
    return (np.round(blocks / scale) + 128).astype(np.uint8), scale[..., 0].astype(np.float32)


class LinesGraph(Graph):
    """Lines' words to readings; the words' vectors and the layers' weights in eight bits."""

    def matmul(self, name: str, x: str, weight: Tensor) -> str:
        levels, scales = quantized(weight.detach().float().numpy())
        inputs = [x, self.constant(f"{name}.levels", levels), self.constant(f"{name}.scales", scales)]
        outputs, size = weight.shape
        return self.node(
            "MatMulNBits", inputs, name, N=outputs, K=size, bits=8, block_size=BLOCK, accuracy_level=4
        )

    def embedded(self, base: Base) -> str:
        """The words' vectors (a scale a row) and the places'."""
        below = base.network.embeddings
        self.words(below.word_embeddings.weight[base.ids])
        self.tensor("positions", below.position_embeddings.weight[2 : PIECES + 4])
        self.constant("zero", np.array([0]))
        self.node("Shape", ["ids"], "length", start=1, end=2)
        self.node("Slice", ["positions", "zero", "length"], "places")
        x = self.node("Add", ["words_vectors", "places"], "embedded")
        return self.node(
            "LayerNormalization", [x, *self.norm("norm", below.LayerNorm)], "normed", epsilon=EPSILON
        )

    def distances(self, base: Base) -> str:
        """What the distance between two pieces adds to their attention."""
        self.tensor("distances", base.bias(PIECES + 2))
        self.constant("start", np.array([0, 0]))
        self.constant("axes", np.array([2, 3]))
        self.node("Concat", ["length", "length"], "lengths", axis=0)
        return self.node("Slice", ["distances", "start", "lengths", "axes"], "bias")

    def layer(self, at: str, x: str, layer: MPNetLayer) -> str:
        attention, norm = layer.attention.attn, layer.attention.LayerNorm
        three = {name: getattr(attention, name) for name in "qkv"}
        inputs = [self.matmul(f"{at}.{name}", x, part.weight) for name, part in three.items()]
        inputs.append(self.tensor(f"{at}.qkv.bias", torch.cat([part.bias for part in three.values()])))
        heads = attention.num_attention_heads
        attended = self.node(
            "MultiHeadAttention", [*inputs, "mask", "bias"], f"{at}.attended", num_heads=heads
        )
        out = self.matmul(f"{at}.out", attended, attention.o.weight)
        bias = self.tensor(f"{at}.out.bias", attention.o.bias)
        added = [out, x, *self.norm(f"{at}.norm1", norm), bias]
        x = self.node("SkipLayerNormalization", added, f"{at}.middle", epsilon=EPSILON)
        bias = self.tensor(f"{at}.up.bias", layer.intermediate.dense.bias)
        up = [self.matmul(f"{at}.up", x, layer.intermediate.dense.weight), bias]
        down = self.matmul(f"{at}.down", self.node("BiasGelu", up, f"{at}.gelu"), layer.output.dense.weight)
        bias = self.tensor(f"{at}.down.bias", layer.output.dense.bias)
        added = [down, x, *self.norm(f"{at}.norm2", layer.output.LayerNorm), bias]
        return self.node("SkipLayerNormalization", added, f"{at}.top", epsilon=EPSILON)

    def reading(self, x: str, head: nn.Linear) -> None:
        """Mean and greatest of a line's pieces, and the scores that are made of them."""
        self.constant("last", np.array([2]))
        self.constant("along", np.array([1]))
        self.constant("least", np.array(-1e4, np.float32))
        self.node("Unsqueeze", ["own", "last"], "inside")
        self.node("Cast", ["inside"], "ones", to=TensorProto.FLOAT)
        self.node("Mul", [x, "ones"], "kept")
        self.node("ReduceSum", ["kept", "along"], "sum", keepdims=0)
        self.node("ReduceSum", ["ones", "along"], "count", keepdims=0)
        self.node("Div", ["sum", "count"], "mean")
        self.node("Where", ["inside", x, "least"], "shown")
        self.node("ReduceMax", ["shown", "along"], "most", keepdims=0)
        self.node("Concat", ["mean", "most"], "pooled", axis=1)
        weight, bias = self.linear("head", head)
        self.node("Add", [self.node("MatMul", ["pooled", weight], "scores.raw"), bias], "scores")
        self.node("Concat", ["scores", "pooled"], "reading", axis=1)


def export(args: argparse.Namespace) -> None:
    """Write lines.onnx."""
    base = Base(args.base)
    model = Reader(base)
    model.load_state_dict(torch.load(args.weights, weights_only=True))
    graph = LinesGraph()
    x = graph.embedded(base)
    graph.distances(base)
    graph.node("Cast", ["real"], "mask", to=TensorProto.INT32)
    for index, layer in enumerate(base.layers):
        x = graph.layer(f"layer{index}", x, layer)
    graph.reading(x, model.head)
    info, shape = helper.make_tensor_value_info, ["batch", "length"]
    inputs = [info("ids", TensorProto.INT64, shape)]
    inputs += [info(name, TensorProto.BOOL, shape) for name in ("real", "own")]
    outputs = [info("reading", TensorProto.FLOAT, ["batch", READING])]
    made = helper.make_graph(graph.nodes, "lines", inputs, outputs, graph.weights)
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid(Graph.FUSED, 1)]
    onnx.save(helper.make_model(made, opset_imports=opsets, ir_version=10), args.out / "lines.onnx")


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
    for name in ("weights", "base"):
        exporting.add_argument(name, type=Path)
    exporting.add_argument("--out", type=Path, default=MODEL)
    args = parser.parse_args()
    args.run_command(args)


if __name__ == "__main__":
    main()
