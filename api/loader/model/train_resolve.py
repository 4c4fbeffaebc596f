"""Fit the weights of ``ranking.FEATURES`` on PolNeAR: train_resolve.py POLNEAR_FOLDER OUT.json

Run from the repository's root with its virtual environment and torch beside it; the folder holds
``train.jsonl.gz`` and ``train.corenlp.jsonl.gz``. Every pronoun of the articles is a row of options. Its label is
that of ``resolve_labels.json`` where a person read it (article and offset to name), else the parser's chain where
the model in place agrees with it. Prints accuracy on the read pronouns by five folds of articles, then writes.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import zlib
from collections import Counter
from pathlib import Path

import torch

from api.loader import ranking, resolve
from api.loader.records import Article, Attribution, Segments, Span, Text

HERE = Path(__file__).parent
READ_WEIGHT, QUOTE_WEIGHT, SPEECH_WEIGHT, TEXT_WEIGHT = 4.0, 1.0, 0.5, 0.15
PENALTY, PRIOR_PENALTY = 0.0005, 0.03
# What the parser's chains get wrong is held near what is known: it often ignores gender.
PRIORS = {"misfits": -4.5, "misfits_somewhat": -1.0}
BY_RULE = {"introduced": 7.0}  # too rare to fit: the lead's "he" whom the next line names


def lines(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def attributions(article):
    text = article["text"]
    for one in article["attributions"]:
        trimmed = [
            re.sub(r"^[\s\"'“”‘’]+|[\s\"'“”‘’]+$", "", text[start:end]) for start, end in one["content"]
        ]
        starts = [text.index(words, start) for words, (start, _) in zip(trimmed, one["content"], strict=True)]
        spans = tuple(Span(at, at + len(words)) for at, words in zip(starts, trimmed, strict=True) if words)
        source = one["source"]
        short = source and source[-1][1] - source[0][0] < 300
        if spans:
            yield Attribution(one["type"], spans, None, Span(source[0][0], source[-1][1]) if short else None)


def chain_owners(parse, where):
    """For each mention span of the parser's chains the entity that most of its chain's names stand for."""
    by_end = {name.span.end: index for index, name in enumerate(where.names)}
    owners = {}
    for chain in parse["chains"]:
        votes = Counter()
        for mention in chain:
            index = next(
                (by_end[mention["end"] - cut] for cut in (0, 2, 1) if mention["end"] - cut in by_end), None
            )
            if index is not None and where.names[index].span.start >= mention["start"]:
                votes[where.owners[index]] += where.owners[index].kind in {"person", None}
        if +votes:
            best = votes.most_common(1)[0][0]
            owners |= {(mention["start"], mention["end"]): best for mention in chain}
    return owners


def rows(folder):
    """Options, label and weight of every labelled pronoun, with its article and whether a person read it."""
    labels = json.loads((HERE / "resolve_labels.json").read_text(encoding="utf-8"))
    parses = {parse["id"]: parse for parse in lines(folder / "train.corenlp.jsonl.gz")}
    model = ranking.likeliest
    found = []
    for article in lines(folder / "train.jsonl.gz"):
        if article["id"] not in parses:
            continue
        spans = tuple(Span(*match.span()) for match in re.finditer(r"[^\n]+", article["text"]))
        quotes = list(enumerate(attributions(article)))
        parts = Segments((Article("main", spans),))
        stage = resolve._stages(Text("x", article["text"], "0"), parts, {(0, None): quotes})[0, None]
        owners = chain_owners(parses[article["id"]], stage.where)
        kinds = {quote.mention.start: quote.kind for _, quote in quotes if quote.mention}

        def taught(trail, pronoun, article=article, owners=owners, kinds=kinds):
            span = trail.where.tokens[pronoun.token].span
            place = f"{article['id']}:{span.start}"
            guess, confidence = model(trail, pronoun)
            choices = ranking.options(trail, pronoun)
            right = owners.get((span.start, span.end))
            if place in labels:
                named = [one for one in trail.where.entities if labels[place] in {one.name, *one.forms}]
                right = named[0] if labels[place] and named else None
            elif right is None or right is not guess or confidence < 0.5:
                return (right, 1.0) if right is not None else (guess, confidence)
            at = next((at for at, (entity, _) in enumerate(choices) if entity is right), 0)
            weight = QUOTE_WEIGHT if kinds.get(span.start) in {"direct", "mixed"} else SPEECH_WEIGHT
            weight = READ_WEIGHT if place in labels else weight if pronoun.source else TEXT_WEIGHT
            found.append((article["id"], [row for _, row in choices], at, weight, place in labels))
            return (right, 1.0) if right is not None else (guess, confidence)

        resolve.likeliest = taught
        stage.read(quotes)
    resolve.likeliest = model
    return found


def batch(found):
    most = max(len(options) for _, options, *_ in found)
    values = torch.zeros(len(found), most, len(ranking.FEATURES))
    mask = torch.full((len(found), most), -1e9)
    for at, (_, options, *_) in enumerate(found):
        values[at, : len(options)] = torch.tensor(options)
        mask[at, : len(options)] = 0
    return values, mask, torch.tensor([row[2] for row in found]), torch.tensor([row[3] for row in found])


def fitted(found):
    values, mask, right, weight = batch(found)
    prior = torch.tensor([PRIORS.get(name, 0.0) for name in ranking.FEATURES])
    penalty = torch.tensor([PRIOR_PENALTY if name in PRIORS else PENALTY for name in ranking.FEATURES])
    weights = prior.clone().requires_grad_(True)
    optimizer = torch.optim.LBFGS([weights], max_iter=300, line_search_fn="strong_wolfe")

    def loss():
        optimizer.zero_grad()
        each = torch.nn.functional.cross_entropy(values @ weights + mask, right, reduction="none")
        total = (each * weight).sum() / weight.sum() + (penalty * (weights - prior) ** 2).sum()
        total.backward()
        return total

    optimizer.step(loss)
    return weights.detach()


def main(folder, out):
    found = rows(Path(folder))
    fold = {article: zlib.crc32(article.encode()) % 5 for article, *_ in found}
    guesses = []
    for held in range(5):
        weights = fitted([row for row in found if fold[row[0]] != held])
        values, mask, right, _ = batch([row for row in found if fold[row[0]] == held and row[4]])
        chances, best = torch.softmax(values @ weights + mask, 1).max(1)
        guesses += list(zip((best == right).tolist(), chances.tolist(), strict=True))
    sure = [is_right for is_right, chance in guesses if chance >= 0.9]
    print(
        f"{len(found)} pronouns, {len(guesses)} read by hand: {sum(each for each, _ in guesses) / len(guesses):.3f}"
    )
    print(f"{len(sure)} of these at 0.9 and above: {sum(sure) / len(sure):.3f}")
    weights = dict(
        zip(ranking.FEATURES, (round(weight, 3) for weight in fitted(found).tolist()), strict=True)
    )
    Path(out).write_text(json.dumps({"weights": weights | BY_RULE}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
