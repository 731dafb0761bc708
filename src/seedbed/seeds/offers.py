"""What people offered after the workshop and a curator accepted, as contributions."""

from __future__ import annotations

from collections.abc import Iterator

from seedbed.records import Question, Triple, Writer
from seedbed.seeds.cells import split_values
from seedbed.seeds.consents import Standing
from seedbed.seeds.contributions import Contribution
from seedbed.seeds.drafts import TRIPLE_FIELDS, LabelKind
from seedbed.taxonomy import Taxonomy
from seedbed.workshop.afterwards import Afterwards, Offer

__all__ = ["SOURCE", "offer_seed", "offered"]

SOURCE = "afterwards"
"""The source of every seed that was offered."""


def offer_seed(id: str) -> str:
    """The id of the seed that an offer becomes."""
    return f"offer-{id}"


def offered(afterwards: Afterwards, standing: Standing, taxonomy: Taxonomy) -> Iterator[Contribution]:
    """Every accepted offer; `held` where its author does not let it be used."""
    groups = {person.id: person.group for person in standing.people}
    for offer in afterwards.accepted():
        record = _record(offer, groups.get(offer.by, ""), standing.language, taxonomy)
        texts = (
            ("text", "topic_raw", "question_type_raw")
            if isinstance(record, Question)
            else ("prompt", "values_raw", *TRIPLE_FIELDS)
        )
        whose = {name: (offer.by,) for name in texts if getattr(record, name)}
        yield Contribution(record.id, record, whose, standing.held([offer.by]))


def _record(offer: Offer, group: str, language: str, taxonomy: Taxonomy) -> Question | Triple:
    def match(kind: LabelKind, raw: str) -> str | None:
        return taxonomy.match(kind, raw) if raw else None

    if offer.form == "question":
        return Question(
            id=offer_seed(offer.id),
            text=offer.question,
            topic=match("topics", offer.topic),
            topic_raw=offer.topic,
            question_type=match("question_types", offer.question_type),
            question_type_raw=offer.question_type,
            group=group,
            authors=(offer.by,),
            written_by=Writer.HUMAN,
            language=language,
            source=SOURCE,
            taxonomy=taxonomy.version,
        )
    raw = split_values(offer.value)
    return Triple(
        id=offer_seed(offer.id),
        prompt=offer.question,
        misaligned=offer.misaligned,
        critique=offer.critique,
        aligned=offer.aligned,
        values=tuple(dict.fromkeys(value for item in raw if (value := match("values", item)))),
        values_raw=raw,
        group=group,
        authors=(offer.by,),
        written_by={name: Writer.HUMAN for name in TRIPLE_FIELDS if getattr(offer, name)},
        language=language,
        source=SOURCE,
        taxonomy=taxonomy.version,
    )
