# mypy: ignore-errors
"""Train the tagger on PolNeAR and export it as int8 ONNX; the model card (README.md) has method and scores.

    python -m api.loader.model.train fit POLNEAR BASE RUN [--epochs 8] [--lr 2.5e-4] ...
    python -m api.loader.model.train export RUN/average.pt [OTHER_RUN/average.pt ...]
    python -m api.loader.model.train calibrate POLNEAR

POLNEAR holds train.jsonl.gz, dev.jsonl.gz and train.corenlp.jsonl.gz; BASE is a folder with the weights of
all-MiniLM-L6-v2 (model.safetensors). RUN gets a checkpoint an epoch, from which a run that was cut off goes on.
What it needs beside the loader's own requirements stands in requirements-training.txt.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from onnx.utils import Extractor
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from torch import Tensor, nn

from api.loader.attribute import _kind
from api.loader.confidence import FEATURES, features
from api.loader.decoder import found
from api.loader.quotemarks import lines_of, quotations
from api.loader.records import Span
from api.loader.tagger import (
    CLS,
    LABELS,
    LINE_BREAK,
    MODEL,
    SEP,
    SHAPES,
    STATES,
    VECTORS,
    Tokens,
    reading,
    session,
    tokens,
)

WINDOW = 256  # tokens, with CLS and SEP
WIDTH, HEADS, LAYERS, INNER, LINK = 384, 12, 6, 1536, 64
ENTITIES = ("none", "PERSON", "ORGANIZATION", "LOCATION", "MISC")
RELATIONS = ("cue", "mention")
ROLES = {"content": 1, "cue": 3, "source": 5}  # the label of a piece's first token; its others have the next
MASK = 103


# --- the network ------------------------------------------------------------------------------------------


class Layer(nn.Module):
    """One BERT layer; attention without dropout, so that it runs fused."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, 1e-12), nn.LayerNorm(WIDTH, 1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask.to(q.dtype))
        x = self.norm1(x + self.dropout(self.out(attended.transpose(1, 2).reshape(batch, length, WIDTH))))
        return self.norm2(x + self.dropout(self.down(F.gelu(self.up(x)))))


class Tagger(nn.Module):
    """Wordpieces to label scores, link vectors and (in training) entity scores."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(30522, WIDTH)
        self.positions = nn.Embedding(512, WIDTH)
        self.shapes, self.states = nn.Embedding(len(SHAPES), WIDTH), nn.Embedding(len(STATES), WIDTH)
        self.norm, self.dropout = nn.LayerNorm(WIDTH, 1e-12), nn.Dropout(dropout)
        self.layers = nn.ModuleList([Layer(dropout) for _ in range(LAYERS)])
        self.label = nn.Linear(WIDTH, len(LABELS))
        self.entity = nn.Linear(WIDTH, len(ENTITIES))
        self.link_from = nn.Linear(WIDTH, len(RELATIONS) * LINK)
        self.link_to = nn.Linear(WIDTH, len(RELATIONS) * LINK)
        self.transitions = nn.Parameter(torch.zeros(len(LABELS), len(LABELS)))
        for table in (self.shapes, self.states):
            nn.init.normal_(table.weight, std=0.02)

    def forward(self, ids: Tensor, shapes: Tensor, states: Tensor, real: Tensor) -> tuple[Tensor, ...]:
        mask = torch.where(real, 0.0, -1e4)[:, None, None, :]
        places = torch.arange(ids.shape[1])[None]
        x = self.words(ids) + self.positions(places) + self.shapes(shapes) + self.states(states)
        x = self.dropout(self.norm(x))
        for layer in self.layers:
            x = layer(x, mask)
        x = self.dropout(x)
        shape = (*ids.shape, len(RELATIONS), LINK)
        return (
            self.label(x),
            self.link_from(x).view(shape).transpose(1, 2),
            self.link_to(x).view(shape).transpose(1, 2),
            self.entity(x),
        )

    def load_base(self, folder: Path) -> None:
        """Take over the base's weights; its second segment vector is not used, its first is in every place."""
        base = load_file(folder / "model.safetensors")
        get = lambda name: base[name if name in base else f"bert.{name}"]  # noqa: E731
        with torch.no_grad():
            self.words.weight.copy_(get("embeddings.word_embeddings.weight"))
            self.positions.weight.copy_(
                get("embeddings.position_embeddings.weight")
                + get("embeddings.token_type_embeddings.weight")[0]
            )
            for part in ("weight", "bias"):
                getattr(self.norm, part).copy_(get(f"embeddings.LayerNorm.{part}"))
                for i, layer in enumerate(self.layers):
                    at = f"encoder.layer.{i}."
                    three = [get(f"{at}attention.self.{name}.{part}") for name in ("query", "key", "value")]
                    getattr(layer.qkv, part).copy_(torch.cat(three))
                    for ours, theirs in (
                        (layer.out, "attention.output.dense"),
                        (layer.norm1, "attention.output.LayerNorm"),
                        (layer.up, "intermediate.dense"),
                        (layer.down, "output.dense"),
                        (layer.norm2, "output.LayerNorm"),
                    ):
                        getattr(ours, part).copy_(get(f"{at}{theirs}.{part}"))


def allowed() -> Tensor:
    """A penalty for each transition that BIO forbids: I after anything but its own B or I."""
    penalty = torch.zeros(len(LABELS), len(LABELS))
    for inside in (2, 4, 6):
        for before in range(len(LABELS)):
            if before not in (inside, inside - 1):
                penalty[before, inside] = -1e4
    return penalty


def crf_loss(scores: Tensor, gold: Tensor, real: Tensor, transitions: Tensor) -> Tensor:
    """Negative log-likelihood of the gold labels, summed over the batch."""
    transitions = transitions + allowed()
    alpha = scores[:, 0] + torch.cat([torch.zeros(1), allowed()[0, 1:]])
    picked = scores.gather(2, gold[..., None])[..., 0]
    steps = transitions[gold[:, :-1], gold[:, 1:]]
    path = picked[:, 0] + ((picked[:, 1:] + steps) * real[:, 1:]).sum(1)
    for t in range(1, scores.shape[1]):
        following = torch.logsumexp(alpha[:, :, None] + transitions, 1) + scores[:, t]
        alpha = torch.where(real[:, t, None], following, alpha)
    return (torch.logsumexp(alpha, 1) - path).sum()


# --- the data ---------------------------------------------------------------------------------------------


@dataclass
class Example:
    """One article's tokens with their gold: arrays of one length."""

    tokens: Tokens
    labels: np.ndarray
    entities: np.ndarray
    roles: list[tuple[np.ndarray, ...]]  # by attribution: its content's, cue's and mention's tokens


def examples(folder: Path, split: str) -> list[Example]:
    """The split's articles, in the file's order."""
    parsed = {line["id"]: line for line in _lines(folder / f"{split}.corenlp.jsonl.gz")}
    return [_example(article, parsed.get(article["id"])) for article in _lines(folder / f"{split}.jsonl.gz")]


def _lines(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _example(article: dict, parsed: dict | None) -> Example:
    text = article["text"]
    lines = lines_of(text, [Span(0, len(text))])
    read = tokens(text, lines, quotations(text, lines))
    label_of, owner_of = np.zeros(len(text) + 1, np.int64), np.full(len(text) + 1, -1)
    first = np.zeros(len(text) + 1, bool)
    entity_of = np.zeros(len(text) + 1, np.int64)
    for number, row in enumerate(article["attributions"]):
        for role, label in ROLES.items():
            for start, end in row[role]:
                label_of[start:end], owner_of[start:end] = label + 1, number
                first[start] = True
    for entity in (parsed or {}).get("entities", ()):
        entity_of[entity["start"] : entity["end"]] = ENTITIES.index(entity["type"])
    # a piece's first token has the B label, even where a token straddles the piece's start
    starts = read.starts.copy()
    begins = np.zeros(len(starts), bool)
    for place in np.flatnonzero(first):
        token = int(np.searchsorted(read.ends, place, side="right"))
        if token < len(begins):
            begins[token] = True
            starts[token] = max(starts[token], place)
    labels, owner = label_of[starts], owner_of[starts]
    breaks = read.ids == LINE_BREAK
    inside = np.zeros(len(labels), bool)  # a line break inside a piece belongs to it
    inside[1:-1] = (owner[:-2] == owner[2:]) & (labels[:-2] == labels[2:]) & ~begins[2:]
    for index in np.flatnonzero(breaks):
        if inside[index]:
            labels[index], owner[index] = labels[index - 1], owner[index - 1]
        else:
            labels[index], owner[index] = 0, -1
    labels = np.where(begins & (labels > 0), labels - 1, labels)
    entities = np.where(breaks | (parsed is None), -100, entity_of[starts])
    roles = [tuple(_within(read, row[role]) for role in ROLES) for row in article["attributions"]]
    return Example(read, labels, entities, roles)


def _within(read: Tokens, spans: list[list[int]]) -> np.ndarray:
    """Indices of the tokens in one of the spans (two attributions may share a mention)."""
    ranges = [
        np.arange(np.searchsorted(read.ends, start, side="right"), np.searchsorted(read.starts, end))
        for start, end in spans
    ]
    return np.concatenate(ranges) if ranges else np.zeros(0, np.int64)


def cut(ids: np.ndarray, random_start: random.Random | None) -> Iterator[tuple[int, int]]:
    """Stretches of up to a window without overlap, each ending at a line break or a full stop if it can."""
    room, at = WINDOW - 2, 0
    limit = random_start.randint(room // 3, room) if random_start else room
    while at < len(ids):
        stop = min(at + limit, len(ids))
        if stop < len(ids):
            tail = ids[at + limit // 2 : stop]
            for stops in ((LINE_BREAK,), (1012, 1029, 999)):  # then . ? !
                places = np.flatnonzero(np.isin(tail, stops))
                if len(places):
                    stop = at + limit // 2 + int(places[-1]) + 1
                    break
        yield at, stop
        at, limit = stop, room


def changed(example: Example, chance: random.Random) -> Example:
    """The article as another site might print it: now and then without marks or without line breaks."""
    read, draw = example.tokens, chance.random()
    if draw < 0.07:
        keep = ~np.isin(read.states, (3, 4))
        read = read._replace(states=np.zeros_like(read.states))
    elif draw < 0.12:
        keep = read.ids != LINE_BREAK
    else:
        return example
    labels = example.labels.copy()
    for index in np.flatnonzero(~keep & (labels % 2 == 1)):  # a removed first token hands its B on
        following = index + 1
        while following < len(labels) and not keep[following]:
            following += 1
        if following < len(labels) and labels[following] == labels[index] + 1:
            labels[following] = labels[index]
    read = Tokens(*(each[keep] for each in read))
    place = np.cumsum(keep) - 1
    roles = [tuple(place[role[keep[role]]] for role in each) for each in example.roles]
    return Example(read, labels[keep], example.entities[keep], roles)


def batches(
    data: list[Example], size: int, chance: random.Random | None, masked: float = 0.0
) -> Iterator[dict[str, Tensor]]:
    """Windows over all articles, in batches of like length; shuffled and changed where ``chance`` is given.

    ``masked`` is the share of words that are hidden.
    """
    windows = []
    for example in data:
        example = changed(example, chance) if chance else example
        windows += [(example, *ends) for ends in cut(example.tokens.ids, chance)]
    if chance:
        chance.shuffle(windows)
        chunk = 16 * size
        windows = [
            w
            for i in range(0, len(windows), chunk)
            for w in sorted(windows[i : i + chunk], key=lambda w: w[2] - w[1])
        ]
    groups = [windows[i : i + size] for i in range(0, len(windows), size)]
    if chance:
        chance.shuffle(groups)
    for group in groups:
        yield _batch(group, chance, masked)


def _batch(
    group: list[tuple[Example, int, int]], chance: random.Random | None, masked: float
) -> dict[str, Tensor]:
    length = max(end - start for _, start, end in group) + 2
    shape = (len(group), length)
    ids, shapes, states = (np.zeros(shape, np.int64) for _ in range(3))
    labels, entities, real = np.zeros(shape, np.int64), np.full(shape, -100), np.zeros(shape, bool)
    right = np.zeros((len(group), len(RELATIONS), length, length), bool)
    for row, (example, start, end) in enumerate(group):
        part, inner = example.tokens.part(start, end), slice(1, end - start + 1)
        ids[row, 0], ids[row, inner], ids[row, end - start + 1] = CLS, part.ids, SEP
        shapes[row, inner], states[row, inner] = part.shapes, part.states
        labels[row, inner] = example.labels[start:end]
        if labels[row, 1] in (2, 4, 6):
            labels[row, 1] -= 1
        entities[row, inner] = example.entities[start:end]
        real[row, : end - start + 2] = True
        for content, *targets in example.roles:
            content = content[(content >= start) & (content < end)] - start + 1
            for relation, target in enumerate(targets if len(content) else ()):
                target = target[(target >= start) & (target < end)] - start + 1 if len(target) else [0]
                right[row, relation, content[:, None], target] = True
    if chance:
        hidden = np.random.default_rng(chance.getrandbits(32)).random(shape) < masked
        ids[hidden & real & np.isin(states, (0, 1, 2, 5)) & (ids > 103)] = MASK
    arrays = {"ids": ids, "shapes": shapes, "states": states, "labels": labels, "entities": entities}
    return {name: torch.from_numpy(array) for name, array in {**arrays, "real": real, "right": right}.items()}


# --- training ---------------------------------------------------------------------------------------------


def losses(model: Tagger, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """The three losses, each a mean over tokens (labels, entities) or content tokens (links)."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = model(batch["ids"], batch["shapes"], batch["states"], batch["real"])
    scores, sources, targets, entities = (each.float() for each in outputs)
    real = batch["real"]
    labels_loss = crf_loss(scores, batch["labels"], real, model.transitions) / real.sum()
    link_losses, links = torch.zeros(()), (sources @ targets.transpose(2, 3)) / math.sqrt(LINK)
    links = links.masked_fill(~real[:, None, None, :], -1e4)
    for relation in range(len(RELATIONS)):
        right = batch["right"][:, relation]
        known = right.any(2)
        chosen = links[:, relation][known]
        loss = torch.logsumexp(chosen, 1) - torch.logsumexp(chosen.masked_fill(~right[known], -1e9), 1)
        link_losses = link_losses + loss.sum() / max(1, int(known.sum()))
    entity_loss = F.cross_entropy(entities.flatten(0, 1), batch["entities"].flatten(), ignore_index=-100)
    return {"labels": labels_loss, "links": link_losses, "entities": entity_loss}


def optimizer_of(model: Tagger, lr: float, layer_decay: float) -> torch.optim.Optimizer:
    """AdamW, the lower layers slower, the new parts faster, the words' vectors not at all."""
    model.words.weight.requires_grad = False
    groups = []
    for name, weight in model.named_parameters():
        if not weight.requires_grad:
            continue
        if name.startswith("layers."):
            rate = lr * layer_decay ** (LAYERS - 1 - int(name.split(".")[1]))
        elif name.startswith(("label", "entity", "link", "transitions", "shapes", "states")):
            rate = 5 * lr
        else:
            rate = lr * layer_decay**LAYERS
        groups.append({"params": [weight], "lr": rate, "weight_decay": 0.01 if weight.dim() > 1 else 0.0})
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)


def fit(args: argparse.Namespace) -> None:
    """Train; a checkpoint an epoch, the running average of the weights in average.pt."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.run.mkdir(parents=True, exist_ok=True)
    train, dev = examples(args.polnear, "train"), examples(args.polnear, "dev")
    model = Tagger(args.dropout)
    model.load_base(args.base)
    if args.start:
        model.load_state_dict(torch.load(args.start, weights_only=True))
    average = {name: weight.detach().clone() for name, weight in model.state_dict().items()}
    optimizer = optimizer_of(model, args.lr, args.layer_decay)
    per_epoch = sum(1 for e in train for _ in cut(e.tokens.ids, None)) // args.batch
    total = args.steps or args.epochs * per_epoch
    shape = lambda step: min(1.0, (step + 1) / (0.06 * total)) * max(0.02, 1 - step / total)  # noqa: E731
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, shape)
    step, epoch, began = 0, 0, time.time()
    checkpoint = args.run / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        schedule.load_state_dict(saved["schedule"])
        average, step, epoch = saved["average"], saved["step"], saved["epoch"]
    while step < total:
        chance = random.Random(args.seed * 1000 + epoch)
        model.train()
        sums: dict[str, float] = {}
        for batch in batches(train, args.batch, chance, args.masked):
            parts = losses(model, batch)
            loss = args.label_weight * parts["labels"] + parts["links"] + 0.2 * parts["entities"]
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            decay = min(0.998, step / (step + 20))
            with torch.no_grad():
                for name, weight in model.state_dict().items():
                    if not name.startswith("words"):
                        average[name].lerp_(weight, 1 - decay)
            for name, part in parts.items():
                sums[name] = 0.98 * sums.get(name, float(part.detach())) + 0.02 * float(part.detach())
            if step % 50 == 0:
                shown = " ".join(f"{name} {value:.4f}" for name, value in sums.items())
                print(f"{time.time() - began:7.0f} s  step {step}/{total} epoch {epoch}  {shown}", flush=True)
            if step >= total:
                break
        epoch += 1
        print(
            f"{time.time() - began:7.0f} s  epoch {epoch} done; dev, averaged: {dev_losses(average, dev)}",
            flush=True,
        )
        state = {"model": model.state_dict(), "average": average, "optimizer": optimizer.state_dict()}
        torch.save({**state, "schedule": schedule.state_dict(), "step": step, "epoch": epoch}, checkpoint)
        torch.save(average, args.run / "average.pt")


@torch.no_grad()
def dev_losses(weights: dict[str, Tensor], dev: list[Example]) -> str:
    model = Tagger().eval()
    model.load_state_dict(weights)
    sums, count = {}, 0
    for batch in batches(dev, 16, None):
        for name, part in losses(model, batch).items():
            sums[name] = sums.get(name, 0.0) + float(part)
        count += 1
    return " ".join(f"{name} {value / count:.4f}" for name, value in sums.items())


# --- export -----------------------------------------------------------------------------------------------


class Graph:
    """An ONNX graph in the making."""

    FUSED = "com.microsoft"
    CONTRIBUTED = (
        "Attention",
        "BiasGelu",
        "MatMulNBits",
        "MultiHeadAttention",
        "SkipLayerNormalization",
    )

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def tensor(self, name: str, weight: Tensor) -> str:
        return self.constant(name, weight.detach().float().numpy())

    def node(self, kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        domain = self.FUSED if kind in self.CONTRIBUTED else ""
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def linear(self, name: str, part: nn.Linear) -> tuple[str, str]:
        return self.tensor(f"{name}.weight", part.weight.T), self.tensor(f"{name}.bias", part.bias)

    def norm(self, name: str, part: nn.LayerNorm) -> list[str]:
        return [self.tensor(f"{name}.gamma", part.weight), self.tensor(f"{name}.beta", part.bias)]

    def words(self, weight: Tensor) -> str:
        """The words' vectors: int8, a scale a row."""
        table = weight.detach().float().numpy()
        scale = np.abs(table).max(axis=1, keepdims=True) / 127 + 1e-12
        self.constant("words", np.round(table / scale).astype(np.int8))
        self.constant("words_scale", scale.astype(np.float32))
        self.node("Gather", ["words", "ids"], "words_int8")
        self.node("Cast", ["words_int8"], "words_float", to=TensorProto.FLOAT)
        self.node("Gather", ["words_scale", "ids"], "words_scales")
        return self.node("Mul", ["words_float", "words_scales"], "words_vectors")

    def embedded(self, model: Tagger) -> str:
        """The words' vectors with those of shape, state and position."""
        x = self.words(model.words.weight)
        for name in ("shapes", "states"):
            table_name = self.tensor(f"{name}_table", getattr(model, name).weight)
            vectors = self.node("Gather", [table_name, name], f"{name}_vectors")
            x = self.node("Add", [x, vectors], f"with_{name}")
        self.tensor("positions", model.positions.weight[:WINDOW])
        self.constant("zero", np.array([0]))
        self.node("Shape", ["ids"], "length", start=1, end=2)
        self.node("Slice", ["positions", "zero", "length"], "places")
        x = self.node("Add", [x, "places"], "embedded")
        return self.node("LayerNormalization", [x, *self.norm("norm", model.norm)], VECTORS, epsilon=1e-12)

    def layer(self, at: str, x: str, layer: Layer) -> str:
        attended = self.node(
            "Attention", [x, *self.linear(f"{at}.qkv", layer.qkv), "mask"], f"{at}.attended", num_heads=HEADS
        )
        weight, bias = self.linear(f"{at}.out", layer.out)
        out = self.node("MatMul", [attended, weight], f"{at}.out")
        norm = [*self.norm(f"{at}.norm1", layer.norm1), bias]
        x = self.node("SkipLayerNormalization", [out, x, *norm], f"{at}.middle", epsilon=1e-12)
        weight, bias = self.linear(f"{at}.up", layer.up)
        up = self.node("BiasGelu", [self.node("MatMul", [x, weight], f"{at}.up"), bias], f"{at}.gelu")
        weight, bias = self.linear(f"{at}.down", layer.down)
        down = self.node("MatMul", [up, weight], f"{at}.down")
        norm = [*self.norm(f"{at}.norm2", layer.norm2), bias]
        return self.node("SkipLayerNormalization", [down, x, *norm], f"{at}.top", epsilon=1e-12)

    def head(self, name: str, x: str, part: nn.Linear) -> None:
        weight, bias = self.linear(f"{name}.linear", part)
        raw = self.node("MatMul", [x, weight], f"{name}.raw")
        if name == "scores":
            self.node("Add", [raw, bias], name)
            return
        self.constant(f"{name}.shape", np.array([0, 0, len(RELATIONS), LINK]))
        split = self.node(
            "Reshape", [self.node("Add", [raw, bias], f"{name}.flat"), f"{name}.shape"], f"{name}.split"
        )
        self.node("Transpose", [split], name, perm=[0, 2, 1, 3])


def onnx_model(model: Tagger) -> onnx.ModelProto:
    """The network in ONNX Runtime's fused operators, float32 but for the words' vectors."""
    graph = Graph()
    x = graph.embedded(model)
    graph.node("Cast", ["real"], "mask", to=TensorProto.INT32)
    for index, layer in enumerate(model.layers):
        x = graph.layer(f"layer{index}", x, layer)
    model.link_from.weight.data *= LINK**-0.5
    model.link_from.bias.data *= LINK**-0.5
    for name, part in (("scores", model.label), ("link_from", model.link_from), ("link_to", model.link_to)):
        graph.head(name, x, part)
    info, shape = helper.make_tensor_value_info, ["batch", "length"]
    inputs = [info(name, TensorProto.INT64, shape) for name in ("ids", "shapes", "states")]
    inputs.append(info("real", TensorProto.BOOL, shape))
    outputs = [info("scores", TensorProto.FLOAT, [*shape, len(LABELS)])]
    for name in ("link_from", "link_to"):
        outputs.append(info(name, TensorProto.FLOAT, ["batch", len(RELATIONS), "length", LINK]))
    made = helper.make_graph(graph.nodes, "tagger", inputs, outputs, graph.weights)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(Graph.FUSED, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=9)


def export(args: argparse.Namespace) -> None:
    """Write words.onnx, tagger.onnx and transitions.json.

    The network is quantized as a whole (int8 weights, a scale a column; activations as they come) and then cut
    at ``VECTORS``: what reads lines for comments has the same words, and is to be trained again upon new ones.
    """
    model = Tagger().eval()
    runs = [torch.load(path, weights_only=True) for path in args.weights]
    model.load_state_dict({name: torch.stack([run[name] for run in runs]).mean(0) for name in runs[0]})
    with torch.no_grad():  # the chain is too sure of itself
        for part in (model.label.weight, model.label.bias, model.transitions):
            part /= args.temperature
    with tempfile.TemporaryDirectory() as folder:
        plain, whole = Path(folder) / "plain.onnx", Path(folder) / "whole.onnx"
        onnx.save(onnx_model(model), plain)
        quantize_dynamic(
            plain,
            whole,
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Attention"],
            nodes_to_exclude=["scores.raw"],
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
        cut = onnx.load(whole)
    cut.graph.value_info.append(
        helper.make_tensor_value_info(VECTORS, TensorProto.FLOAT, ["batch", "length", WIDTH])
    )
    parts = Extractor(cut)
    inputs, outputs = ([each.name for each in side] for side in (cut.graph.input, cut.graph.output))
    onnx.save(parts.extract_model(inputs[:3], [VECTORS]), args.out / "words.onnx")
    onnx.save(parts.extract_model([VECTORS, "real"], outputs), args.out / "tagger.onnx")
    learnt = (model.transitions.detach() + allowed()).double().numpy().round(4)
    (args.out / "transitions.json").write_text(json.dumps(learnt.tolist()) + "\n", encoding="utf-8")


# --- calibration ------------------------------------------------------------------------------------------


def calibrate(args: argparse.Namespace) -> None:
    """Fit confidence.json to the development split, which the tagger has not seen; print its reliability.

    The table is out of fold: five folds of articles, each judged by weights fitted to the other four.
    """
    rows, right, folds = [], [], []
    for number, article in enumerate(_lines(args.polnear / "dev.jsonl.gz")):
        gold = [
            _letters(article["text"], *span) for row in article["attributions"] for span in row["content"]
        ]
        for values, letters in judged(article["text"]):
            rows.append(values)
            right.append(any(2 * len(letters & each) >= len(letters | each) for each in gold))
            folds.append(number % 5)
    x, y, fold = np.array(rows), np.array(right, float), np.array(folds)
    scale = np.r_[1.0, x[:, 1:].std(axis=0)]
    held_out = np.zeros(len(y))
    for each in range(5):
        held_out[fold == each] = sigmoid(x[fold == each] @ logistic(x[fold != each], y[fold != each], scale))
    edges = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.01)
    print(f"{len(y)} pieces, log loss {-np.mean(np.log(np.where(y > 0, held_out, 1 - held_out))):.4f}")
    for low, high in pairwise(edges):
        here = (held_out >= low) & (held_out < high)
        print(
            f"{low:.2f} to {min(high, 1):.2f}: {here.sum():5d} pieces, "
            f"said {held_out[here].mean():.3f}, right {y[here].mean():.3f}"
        )
    weights = dict(zip(FEATURES, logistic(x, y, scale).round(4).tolist(), strict=True))
    (args.out / "confidence.json").write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")


def judged(text: str) -> Iterator[tuple[tuple[float, ...], frozenset[int]]]:
    """The features of every piece that the loader finds in ``text``, and the places of its letters."""
    lines = lines_of(text, [Span(0, len(text))])
    quoted = quotations(text, lines)
    outermost = [each for each in quoted if each.depth == 1]
    read = reading(tokens(text, lines, quoted), session())
    learnt = np.array(json.loads((MODEL / "transitions.json").read_text(encoding="utf-8")))
    for piece in found(read, outermost, learnt):
        span = Span(int(read.tokens.starts[piece.piece.start]), int(read.tokens.ends[piece.piece.end - 1]))
        yield features(piece, _kind(text, [span], outermost)), _letters(text, *span)


def _letters(text: str, start: int, end: int) -> frozenset[int]:
    return frozenset(place for place in range(start, end) if text[place].isalnum())


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def logistic(x: np.ndarray, y: np.ndarray, scale: np.ndarray, ridge: float = 1.0) -> np.ndarray:
    """Weights of a logistic regression, by Newton's method, with a ridge on the scaled weights."""
    weights, penalty = np.zeros(x.shape[1]), ridge * np.diag(np.r_[0.0, scale[1:] ** 2])
    for _ in range(30):
        p = sigmoid(x @ weights)
        slope = x.T @ (y - p) - penalty @ weights
        weights = weights + np.linalg.solve(
            (x * (p * (1 - p))[:, None]).T @ x + penalty + 1e-9 * np.eye(len(weights)), slope
        )
    return weights


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    fitting = commands.add_parser("fit")
    fitting.set_defaults(run_command=fit)
    for name in ("polnear", "base", "run"):
        fitting.add_argument(name, type=Path)
    fitting.add_argument("--start", type=Path, help="weights to go on from, in place of the base's")
    for name, default in (("epochs", 8), ("steps", 0), ("batch", 10), ("seed", 1), ("threads", 2)):
        fitting.add_argument(f"--{name}", type=int, default=default)
    for name, default in (
        ("lr", 2.5e-4),
        ("layer-decay", 0.9),
        ("label-weight", 10.0),
        ("dropout", 0.1),
        ("masked", 0.05),
    ):
        fitting.add_argument(f"--{name}", type=float, default=default)
    exporting = commands.add_parser("export")
    exporting.set_defaults(run_command=export)
    exporting.add_argument("weights", type=Path, nargs="+", help="averaged where there are several")
    exporting.add_argument("--temperature", type=float, default=1.2)
    exporting.add_argument("--out", type=Path, default=Path(__file__).parent)
    calibrating = commands.add_parser("calibrate")
    calibrating.set_defaults(run_command=calibrate)
    calibrating.add_argument("polnear", type=Path)
    calibrating.add_argument("--out", type=Path, default=Path(__file__).parent)
    args = parser.parse_args()
    args.run_command(args)


if __name__ == "__main__":
    main()
