"""The score on PolNeAR's development split stays above what was reached."""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
from pathlib import Path

import pytest
from attributed import quotes

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
FLOORS = {  # measure, type: F1 just below what was reached
    ("match", "all"): 0.818,
    ("end_to_end", "all"): 0.77,
    ("match", "direct"): 0.978,
    ("end_to_end", "direct"): 0.95,
    ("end_to_end", "mixed"): 0.84,
    ("match", "indirect"): 0.75,
    ("end_to_end", "indirect"): 0.69,
}

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here")


def prediction(article):
    rows = []
    for quote in quotes(article["text"]):
        row = {"spans": [list(span) for span in quote.spans], "type": quote.kind}
        for name, span in (("cue", quote.cue), ("speaker", quote.mention)):
            row[f"{name}_start"], row[f"{name}_end"] = span or (None, None)
        rows.append(row)
    return {"id": article["id"], "quotes": rows}


def test_development_split(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("score_quotes", SHARED / "tools" / "score_quotes.py")
    scorer = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "score_quotes", scorer)
    spec.loader.exec_module(scorer)
    gold = SHARED / "data" / "polnear" / "dev.jsonl.gz"
    predicted = tmp_path / "predicted.jsonl"
    with gzip.open(gold, "rt", encoding="utf-8") as lines:
        predicted.write_text("".join(f"{json.dumps(prediction(json.loads(line)))}\n" for line in lines))
    result = scorer.score(gold, predicted, 0.5)
    reached = {key: result["scores"][key[0]][key[1]]["f1"] for key in FLOORS}
    assert {key: value for key, value in reached.items() if value < FLOORS[key]} == {}
    assert result["source_accuracy"]["overlap"] >= 0.94
