"""Topics, question types, values and risks: immutable numbered versions of the labels that rows carry."""

from __future__ import annotations

from seedbed.taxonomy.labels import Label, Scaffold, Taxonomy, Value, ValueExample, default_taxonomy, load_taxonomy

__all__ = ["Label", "Scaffold", "Taxonomy", "Value", "ValueExample", "default_taxonomy", "load_taxonomy"]
