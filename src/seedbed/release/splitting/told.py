"""leaks.json for programs and leaks.md for people: what was compared, what was found, what was left out, who is where.

Rows are named by their ids and none of their words are told: a row that was left out must not leave by this way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from seedbed.measures.contamination import Rule
from seedbed.release.documents.markdown import many, table
from seedbed.release.splitting.between import Between, Leak
from seedbed.release.splitting.compared import LONG, TELLING, Asked
from seedbed.release.splitting.parting import Parting

__all__ = ["as_json", "as_markdown", "meaning_of", "refusal"]

_MOST = 1_000  # pairs told in leaks.json; the counts are of all
_SHOWN = 20  # pairs told in leaks.md and in a refusal


def meaning_of(rule: Rule, asked: Asked) -> str:
    """What a rule asks, in words, with its threshold."""
    cuts = asked.cuts
    return {
        "exact": "the same letters and digits",
        "ngrams": f"{asked.ngram} words in a row in common (prompts), {asked.long_ngram} (responses)",
        "jaccard": f"runs of 5 words with a Jaccard index of at least {cuts.jaccard[0] / cuts.jaccard[1]:g}",
        "rouge_l": f"ROUGE-L F1 of at least {cuts.rouge_l[0] / cuts.rouge_l[1]:g}",
        "cosine": f"cosine of the embeddings of at least {cuts.cosine:g}",
        "lineage": "a seed in common",
    }[rule]


def refusal(leaks: tuple[Leak, ...], asked: Asked) -> str:
    """The message of a release that is refused: a count and the first pairs of each rule."""
    lines = [f"{many(len(leaks), 'leak')} between the pools, as evaluation = alignment:"]
    for rule in asked.rules:
        of_rule = [leak for leak in leaks if leak.rule == rule]
        if of_rule:
            more = f" and {len(of_rule) - _SHOWN:,} more" if len(of_rule) > _SHOWN else ""
            pairs = ", ".join(f"{leak.evaluation} = {leak.alignment}" for leak in of_rule[:_SHOWN])
            lines.append(f"  {rule} ({meaning_of(rule, asked)}): {pairs}{more}")
    return "\n".join(lines)


def as_json(found: Between, parting: Parting, asked: Asked, rows: Mapping[str, Mapping[str, int]]) -> str:
    """`rows` by configuration and split, as released."""
    told: dict[str, Any] = {
        "schema": 1,
        "rules": {rule: meaning_of(rule, asked) for rule in asked.rules},
        "pools": {
            "alignment": found.alignment,
            "evaluation": found.evaluation,
            "compared": {kind: {"alignment": a, "evaluation": e} for kind, (a, e) in found.compared.items()},
            "without_vector": found.unread,
            "found": {rule: sum(leak.rule == rule for leak in found.leaks) for rule in asked.rules},
            "left_out": len(found.going),
            "leaks": [_leak(leak) for leak in found.leaks[:_MOST]],
            "standing": 0,
        },
        "splits": {
            "shares": {name: round(parting.shares.of(name), 6) for name in ("train", "validation", "test")},
            "seed": parting.shares.seed,
            "rows": {name: dict(counts) for name, counts in rows.items()},
            "not_parted": parting.why or None,
            "components": parting.components,
            "largest": list(parting.largest),
            "links": {rule: (parting.links or {}).get(rule, 0) for rule in asked.rules if rule != "lineage"},
            "without_vector": dict(parting.unread or {}),
            "short": None if asked.short is None else {
                "under_words": asked.short.words, "rouge_l": asked.short.cut[0] / asked.short.cut[1],
                "pairs_apart": len(parting.spared),
                "pairs": [{**asdict(pair), "value": round(pair.value, 4)} for pair in parting.spared[:_MOST]],
            },
        },
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _leak(leak: Leak) -> dict[str, Any]:
    return {
        "rule": leak.rule, "texts": leak.kind, "evaluation": leak.evaluation, "alignment": leak.alignment,
        "value": round(leak.value, 4), "left_out": leak.goes,
    }  # fmt: skip


def as_markdown(found: Between, parting: Parting, asked: Asked, rows: Mapping[str, Mapping[str, int]]) -> str:
    """The same for people. `rows` by configuration and split, as released."""
    blocks = ["# Leaks", *_pools(found, asked), "## Splits", *_splits(parting, asked, rows)]
    return "\n\n".join(blocks) + "\n"


def _pools(found: Between, asked: Asked) -> list[str]:
    if not found.evaluation or not found.alignment:
        return ["One of the two pools is empty, so nothing could leak from one into the other."]
    blocks = [
        f"{many(found.evaluation, 'row')} for evaluation were compared with {many(found.alignment, 'row')} of the "
        "alignment pool. In this release no pair of them holds any of these rules.",
        table(
            ("Rule", "It holds where two texts have", "Found", "Standing"),
            [
                (f"`{rule}`", meaning_of(rule, asked), f"{sum(leak.rule == rule for leak in found.leaks):,}", "0")
                for rule in asked.rules
            ],
            right=(2, 3),
        ),
        f"Prompts are compared with prompts, responses with responses. Responses under {LONG} words are compared "
        f"letter by letter only, and from {TELLING} words on.",
    ]
    if unread := sum(found.unread.values()):
        blocks.append(f"{many(unread, 'text')} in languages that the embedder does not know have no cosine.")
    if lacking := [
        rule for rule in ("exact", "ngrams", "jaccard", "rouge_l", "cosine", "lineage") if rule not in asked.rules
    ]:
        blocks.append(
            f"The settings leave out {', '.join(f'`{rule}`' for rule in lacking)}: nobody looked for such leaks."
        )
    if found.going:
        blocks.append(
            f"{many(len(found.going), 'row')} were left out so that no leak stands: the one by a model, and of two "
            "by people the one for evaluation."
        )
        shown = found.leaks[:_SHOWN]
        blocks.append(
            table(
                ("Rule", "Evaluation", "Alignment", "Value", "Left out"),
                [
                    (
                        f"`{leak.rule}`",
                        f"`{leak.evaluation}`",
                        f"`{leak.alignment}`",
                        f"{leak.value:.3g}",
                        f"`{leak.goes}`",
                    )
                    for leak in shown
                ],
                right=(3,),
            )
        )
        if len(found.leaks) > len(shown):
            blocks.append(f"leaks.json has {min(len(found.leaks), _MOST):,} of {len(found.leaks):,}.")
    return blocks


def _splits(parting: Parting, asked: Asked, rows: Mapping[str, Mapping[str, int]]) -> list[str]:
    lines = [
        (f"`{name}`", *(f"{counts.get(split, 0):,}" for split in ("train", "validation", "test")))
        for name, counts in rows.items()
    ]
    counts = [table(("Configuration", "train", "validation", "test"), lines, right=(1, 2, 3))] if lines else []
    if parting.why:
        return [*counts, f"The alignment pool has one split: {parting.why}."]
    total = parting.rows()
    links = ", ".join(f"{rule} {count:,}" for rule, count in (parting.links or {}).items()) or "none"
    blocks = [
        *counts,
        f"The {total:,} rows of the alignment pool hang together in {parting.components:,} components: rows that a "
        "rule links, and triples with the questions they answer. A component goes to one split, whole; so no two rows "
        f"in two splits hold any of the rules. The greatest: {', '.join(f'{size:,}' for size in parting.largest)} "
        f"rows. Links: {links}.",
        "The splits share seeds, since every seed serves many prompts. Which seeds a row grew from stands in its "
        "lineage. Only the configuration `evaluation` is apart from all seeds of the others.",
    ]  # fmt: skip
    if parting.largest[0] > total / 5:
        blocks.append(
            f"One component holds {parting.largest[0]:,} of {total:,} rows. Where so many are chained, "
            "often a frame is what they share; the sizes of the splits suffer by it."
        )
    if asked.short is not None:
        cut = asked.short.cut[0] / asked.short.cut[1]
        low = asked.cuts.rouge_l[0] / asked.cuts.rouge_l[1]
        blocks.append(
            f"Texts under {asked.short.words} words are tied by ROUGE-L from {cut:g} on, for at {low:g} two of them "
            f"may share a frame and nothing of what is asked. {many(len(parting.spared), 'pair')} between {low:g} and "
            f"{cut:g} stand in two splits; leaks.json names them."
        )
    if unread := sum((parting.unread or {}).values()):
        blocks.append(
            f"{many(unread, 'text')} in languages that the embedder does not know were compared by words only."
        )
    return blocks
