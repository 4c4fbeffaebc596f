# mypy: ignore-errors
"""Train the model that finds readers' comments, or measure it across folds.

    python -m api.loader.model.train_segments fit   SEGMENTS NEWS LINES             writes segments.npz
    python -m api.loader.model.train_segments cross SEGMENTS NEWS LINES OUT [FOLD]  readings by models blind to the page

SEGMENTS is the folder of dev.jsonl.gz, NEWS a .jsonl.gz of articles without comments, LINES what `train_lines` wrote.
Needs torch and scikit-learn, which serving does not. Folds are by page; the scores of lines inside a fold's training
part are out-of-fold too, so that the network never sees a score of a line that the scores were fitted on.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
import scipy.sparse as sp
import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression
from torch import nn

from api.loader.boundary import WEIGHTS, network, normal, of_both, unread
from api.loader.features import BUCKETS, grams, numbers, tokens
from api.loader.linereading import POOLED, READING
from api.loader.lines import Line, lines
from api.loader.marks import mark_numbers, marks
from api.loader.tagger import MODEL

FOLDS = 5
INNER = 4  # folds within a training part, for the word scores
SEEDS = range(8)  # a network each; their readings are averaged
HIDDEN = 48
TONE = 16  # numbers that are kept of what the transformer's scores are made of
EPOCHS = 14
BATCH = 24
NEWS = 120  # articles of NEWS that are used
torch.set_num_threads(1)


@dataclass(frozen=True, eq=False)
class Page:
    """A document with its answer: ``first`` is the index of the first comment's line or None."""

    id: str
    page: str
    rows: tuple[Line, ...]
    first: int | None
    starts: tuple[int, ...] | None = None  # lines on which comments begin, where the marks tell
    words: tuple = field(default=(), repr=False)
    buckets: tuple = field(default=(), repr=False)
    read: np.ndarray | None = field(default=None, repr=False)  # a row a line: what the transformer says


def page(id, name, text, at):
    rows = tuple(lines(text))
    first = None if at is None else next(index for index, row in enumerate(rows) if row.end > at)
    words = tuple(tokens(row) for row in rows)
    return Page(
        id, name, rows, first, None, words, tuple(grams(row, w) for row, w in zip(rows, words, strict=True))
    )


def pages(segments: Path, news: Path | None):
    with gzip.open(segments / "dev.jsonl.gz", "rt") as file:
        found = [
            page(x["id"], x["id"].rsplit("-", 1)[0], x["text"], x["comments_start"])
            for x in map(json.loads, file)
        ]
    found = with_starts(found)
    if news:
        with gzip.open(news, "rt") as file:
            found += [page(x["id"], x["id"], x["text"], None) for x in map(json.loads, list(file)[:NEWS])]
    return found


def with_reading(found, folder):
    """The pages with the reading of their lines by the run that has not seen them."""
    runs = [np.load(folder / f"{fold}.npz") for fold in range(FOLDS)]
    read = (runs[own][each.id].astype(np.float32) for each, own in zip(found, folds(found), strict=True))
    return [replace(each, read=rows) for each, rows in zip(found, read, strict=True)]


def with_starts(found):
    """Where single comments begin, told by the marks of the raw page and carried over to the bare one."""
    raw = {each.page: each for each in found if each.id.endswith("-raw") and each.first is not None}
    result = []
    for each in found:
        source = raw.get(each.page)
        signs = marks(source.rows, source.first) if source else None
        starts = None
        if signs and each.first is not None:
            told = sorted({*signs.starts, source.first})
            if len(told) > 1 or len(source.rows) - source.first <= 8:
                starts = told if each is source else carried(source, told, each)
        result.append(replace(each, starts=tuple(starts) if starts else None))
    return result


def carried(source, told, bare):
    """``told``, lines of ``source``, as lines of its bare variant; None where too many are not found."""
    number = np.cumsum([index in set(told) for index in range(len(source.rows))])
    starts, at, last, lost = [bare.first], source.first, 1, 0
    for index in range(bare.first, len(bare.rows)):
        end = bare.rows[index].text[-60:]
        place = next((k for k in range(at, len(source.rows)) if end in source.rows[k].text), None)
        if place is None:
            lost += 1
            continue
        if index > bare.first and number[place] != last:
            starts.append(index)
        last, at = number[place], place + 1
    return starts if lost <= len(bare.rows) / 10 else None


# Word scores


def sparse(found):
    buckets = [row for each in found for row in each.buckets]
    ends = np.cumsum([0, *map(len, buckets)])
    values = np.concatenate([np.full(len(row), 1 / np.sqrt(max(len(row), 1))) for row in buckets])
    return sp.csr_matrix(
        (values, np.concatenate([np.array(row, int) for row in buckets]), ends), (len(buckets), BUCKETS)
    )


def word_models(found):
    """Weights of shape (3, BUCKETS) and biases: comment or not, first of the comments, last of the article."""
    matrix = sparse(found)
    size = [len(each.rows) for each in found]
    firsts = [each.first if each.first is not None else len(each.rows) + 9 for each in found]
    index = [np.arange(n) for n in size]
    weight = np.concatenate([np.full(n, min(1.0, 3 / np.sqrt(n))) for n in size])
    models = []
    for offset, edge in ((None, 2.0), (0, 1.0), (-1, 1.0)):
        if offset is None:
            y = np.concatenate([i >= f for i, f in zip(index, firsts, strict=True)])
            w = weight
        else:
            y = np.concatenate([i == f + offset for i, f in zip(index, firsts, strict=True)])
            w = np.where(y, 20.0, weight)
        models.append(
            LogisticRegression(C=edge, max_iter=200, solver="liblinear").fit(matrix, y, sample_weight=w)
        )
    return np.concatenate([m.coef_ for m in models]), np.array([m.intercept_[0] for m in models])


def scored(found, words, biases):
    scores = sparse(found) @ words.T + biases
    return dict(
        zip(
            (each.id for each in found),
            np.split(scores, np.cumsum([len(e.rows) for e in found])[:-1]),
            strict=True,
        )
    )


def folds(found, count=FOLDS, seed=7):
    names = sorted({each.page for each in found})
    random.Random(seed).shuffle(names)
    place = {name: index % count for index, name in enumerate(names)}
    return [place[each.page] for each in found]


def out_of_fold_scores(found):
    result = {}
    at = folds(found, INNER, seed=11)
    for fold in range(INNER):
        model = word_models([each for each, k in zip(found, at, strict=True) if k != fold])
        result |= scored([each for each, k in zip(found, at, strict=True) if k == fold], *model)
    return result


# The network


def table(each, scores, a=0, b=None):
    own, place = told(each, a, b)
    return np.concatenate([own, scores[each.id][a:b], place, each.read[a:b]], 1).astype(np.float32)


@cache
def told(each, a, b):
    """What does not change from fold to fold."""
    rows, words = each.rows[a:b], each.words[a:b]
    return numbers(rows, words), mark_numbers(rows)


def joined(article, comments, scores):
    """An article with the comments of another page under it."""
    shift = article.first if article.first is not None else len(article.rows)
    rows = article.rows[:shift] + comments.rows[comments.first :]
    words = article.words[:shift] + comments.words[comments.first :]
    score = np.concatenate([scores[article.id][:shift], scores[comments.id][comments.first :]])
    read = np.concatenate([article.read[:shift], comments.read[comments.first :]])
    made = np.concatenate([numbers(rows, words), score, mark_numbers(rows), read], 1)
    return made.astype(np.float32), shift


def examples(found, scores, rnd):
    """The pages, and cuttings of them: the article alone, fewer comments, other articles above them."""
    news = [each for each in found if not each.id.endswith(("-raw", "-bare"))]
    result = []
    for each in found:
        full = table(each, scores)
        result.append((full, each.first, each.starts))
        count = len(each.rows)
        if each.first is None:
            if count > 12 and rnd.random() < 0.5:
                a, b = rnd.randint(0, count // 3), rnd.randint(2 * count // 3, count)
                result.append((table(each, scores, a, b), None, None))
            continue
        if each.first >= 3:
            result.append((table(each, scores, 0, each.first), None, None))
        ends = [s for s in each.starts or () if s > each.first] or list(range(each.first + 1, count))
        a = rnd.randint(0, each.first // 2) if each.first > 5 and rnd.random() < 0.5 else 0
        b = rnd.choice(ends[: max(1, len(ends) // 2)]) if ends else count
        if ends or a:
            starts = tuple(s - a for s in each.starts if s < b) if each.starts else None
            result.append((table(each, scores, a, b), each.first - a, starts))
        if news and rnd.random() < 0.35:
            made, first = joined(rnd.choice(news), each, scores)
            result.append(
                (made, first, tuple(s - each.first + first for s in each.starts) if each.starts else None)
            )
    return result


class Network(nn.Module):
    """The network of `boundary.network`, which evaluates it without torch."""

    def __init__(self, width):
        super().__init__()
        h = HIDDEN
        self.tone, self.alone = nn.Linear(POOLED, TONE), nn.Linear(TONE, 1)
        self.inp = nn.Linear(width - POOLED + TONE, h)
        self.c1 = nn.Conv1d(h, h, 3, padding=1)
        self.c2 = nn.Conv1d(h, h, 3, padding=2, dilation=2)
        self.line = nn.Linear(h, 1)
        self.b1, self.b2 = nn.Linear(h * 6 + 10, h), nn.Linear(h, 1)
        self.n1, self.n2 = nn.Linear(h * 5 + 3, h // 2), nn.Linear(h // 2, 1)
        self.s1, self.s2 = nn.Linear(h * 3, h), nn.Linear(h, 1)
        self.drop, self.less, self.most = nn.Dropout(0.4), nn.Dropout(0.15), nn.Dropout(0.7)

    def forward(self, x, mask):
        m = mask[:, :, None].float()
        tone = F.relu(self.tone(self.most(x[:, :, -POOLED:])))
        h = self.drop(F.relu(self.inp(torch.cat([self.less(x[:, :, :-POOLED]), tone], 2))) * m)
        t, keep = h.transpose(1, 2), m.transpose(1, 2)
        t = (t + F.relu(self.c1(t))) * keep
        h = self.drop((t + F.relu(self.c2(t))).transpose(1, 2) * m)
        line = self.line(h)[:, :, 0]
        n, place, total = m.sum(1), torch.cumsum(m, 1), torch.cumsum(h, 1)
        above = (total - h) / torch.clamp(place - 1, min=1)
        below = (total[:, -1:] - total + h) / torch.clamp(n[:, None] - place + 1, min=1)
        back, ahead = F.pad(h, (0, 0, 1, 0))[:, :-1], F.pad(h, (0, 0, 0, 1))[:, 1:]
        own = line * mask
        summed = torch.cumsum(own, 1)
        split = (summed[:, -1:] - summed + own) - (summed - own)
        best = split.masked_fill(~mask, -1e9).max(1, keepdim=True).values
        extra = [
            torch.clamp(split - best, -20, 0) / 5,
            torch.clamp(split - best, -3, 0),
            (place[:, :, 0] - 1) / n,
            torch.log(place[:, :, 0]) / 3,
            torch.log(torch.clamp(n - place[:, :, 0] + 1, min=1)) / 3,
            line / 3,
            F.pad(own, (1, 0))[:, :-1] / 3,
            F.pad(own, (0, 1))[:, 1:] / 3,
            torch.cummax(F.pad(own, (1, 0), value=-4)[:, :-1], 1).values / 3,
            -rising(-own.masked_fill(~mask, 20)) / 3,
        ]
        most_above, most_below = torch.cummax(back, 1).values, rising(h)
        around = torch.cat([back, h, above, below, most_above, most_below, torch.stack(extra, 2)], 2)
        first = self.b2(self.drop(F.relu(self.b1(around))))[:, :, 0].masked_fill(~mask, -1e9)
        first = torch.cat([torch.full_like(first[:, :1], -1e9), first[:, 1:]], 1)
        sure = torch.logsumexp(first, 1, keepdim=True) / 4
        first = torch.log_softmax(first, 1)
        w = first.exp()[:, :, None]
        weighed = [(part * w).sum(1) for part in (below, above, h, most_above, most_below)]
        whole = torch.cat([*weighed, best / 10, torch.log(n) / 3, sure], 1)
        some = self.n2(self.drop(F.relu(self.n1(whole))))[:, 0]
        starts = self.s2(self.drop(F.relu(self.s1(torch.cat([back, h, ahead], 2)))))[:, :, 0]
        return (line, self.alone(tone)[:, :, 0]), first, some, starts


def rising(values):
    """For each line the greatest value on it or below."""
    return torch.flip(torch.cummax(torch.flip(values, [1]), 1).values, [1])


def batch(items):
    width, size = items[0][0].shape[1], max(len(x) for x, *_ in items)
    x, mask = np.zeros((len(items), size, width), np.float32), np.zeros((len(items), size), bool)
    first, starts = np.full(len(items), -1), np.full((len(items), size), -1, np.float32)
    for index, (values, y, told) in enumerate(items):
        x[index, : len(values)], mask[index, : len(values)] = values, True
        first[index] = -1 if y is None else y
        if told:
            starts[index, y + 1 : len(values)] = 0
            starts[index, [s for s in told if s > y]] = 1
    return map(torch.from_numpy, (x, mask, first, starts))


def loss_of(net, items):
    x, mask, first, starts = batch(items)
    of_comments, log_first, some, start = net(x, mask)
    has = first >= 0
    after = (torch.arange(x.shape[1])[None] >= torch.where(has, first, 10**6)[:, None]).float()
    weight = mask.float() / torch.sqrt(mask.sum(1, keepdim=True).float())
    loss = F.binary_cross_entropy_with_logits(some, has.float())
    for line in of_comments:
        each = F.binary_cross_entropy_with_logits(line, after, reduction="none")
        loss = loss + 0.3 * (each * weight).sum() / weight.sum()
    if has.any():
        loss = loss - log_first[has, first[has]].mean()
    known = starts >= 0
    if known.any():
        each = F.binary_cross_entropy_with_logits(start, starts.clamp(min=0), reduction="none") * known
        share = 1 / torch.sqrt(known.sum(1, keepdim=True).clamp(min=1).float())
        loss = loss + 0.5 * (each * share).sum() / (known * share).sum()
    return loss


def trained(items, seed, epochs=EPOCHS):
    torch.manual_seed(seed)
    rnd = random.Random(seed)
    net = Network(items[0][0].shape[1])
    optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=3e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 2e-3, total_steps=epochs * (len(items) // BATCH + 1) + 5
    )
    for _ in range(epochs):
        net.train()
        order = sorted(items, key=lambda item: len(item[0]) + rnd.random() * 10)
        batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        rnd.shuffle(batches)
        for items_ in batches:
            loss = loss_of(net, items_)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return {
        name: value.detach().numpy()
        for name, value in net.state_dict().items()
        if not name.startswith("alone.")
    }


def fitted(found, seeds=SEEDS):
    """Everything that `boundary.reading` needs, fitted on ``found``."""
    scores = out_of_fold_scores(found)
    words, biases = word_models(found)
    items = examples(found, scores, random.Random(3))
    values = np.concatenate([x for x, *_ in items])
    scale = {"mean": values.mean(0), "deviation": values.std(0) + 1e-3}
    items = [(normal(x, scale), y, s) for x, y, s in items]
    nets = {str(seed): trained(items, seed) for seed in seeds}
    nets["gate"] = trained([(unread(x[:, :-READING]), y, s) for x, y, s in items], 0)
    return words, biases, scale, nets


def held_out(found, lines_folder, fold):
    """The readings of a fold's pages by a model that did not see them, as arrays to store."""
    at, found = folds(found), with_reading(found, lines_folder)
    words, biases, scale, nets = fitted([e for e, k in zip(found, at, strict=True) if k != fold])
    gate = nets.pop("gate")
    held = [each for each, k in zip(found, at, strict=True) if k == fold]
    scores = scored(held, words, biases)
    result = {"ids": [], "lengths": [], "gate": [], "any": [], "first": [], "starts": []}
    for each in held:
        values = normal(table(each, scores), scale)
        read = [network(values, net) for net in nets.values()]
        result["ids"].append(each.id)
        result["lengths"].append(len(each.rows))
        result["gate"].append(network(unread(values[:, :-READING]), gate)[1])
        result["any"].append(np.mean([some for _, some, _ in read]))
        result["first"].append(of_both([first for first, _, _ in read], each.read[:, 0]))
        result["starts"].append(np.mean([starts for *_, starts in read], 0))
    ends = {key: np.concatenate(result[key]).astype(np.float16) for key in ("first", "starts")}
    return {key: np.array(value) for key, value in result.items() if key not in ends} | ends


def save(words, biases, scale, nets):
    half = {
        f"{network}.{name}": value.astype(np.float16)
        for network, net in nets.items()
        for name, value in net.items()
    }
    np.savez_compressed(
        WEIGHTS,
        words=words.astype(np.float16),
        biases=biases.astype(np.float32),
        networks=np.array([len(nets) - 1], np.float32),
        lines=np.array(crc32((MODEL / "lines.onnx").read_bytes()), np.uint32),
        **{name: value.astype(np.float32) for name, value in scale.items()},
        **half,
    )


def main():
    command, segments, news, read, *rest = sys.argv[1:]
    found = pages(Path(segments), Path(news))
    if command == "fit":
        save(*fitted(with_reading(found, Path(read))))
        return
    wanted = [int(rest[1])] if len(rest) > 1 else range(FOLDS)
    parts = [held_out(found, Path(read), fold) for fold in wanted]
    np.savez_compressed(rest[0], **{key: np.concatenate([part[key] for part in parts]) for key in parts[0]})


if __name__ == "__main__":
    main()
