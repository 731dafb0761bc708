"""The documents of a release, made of the study's record: every number in them is a fact of `facts.json`.

Facts are gathered first (`gather*.py`), each with the file or table it was read from and how. The card, the datasheet,
Croissant and PROV are rendered from facts alone, so none of them says what the others do not.
"""
