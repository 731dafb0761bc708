"""Vectors of seeds, kept by content: a seed is embedded once, however often curation runs.

curation/vectors.npz holds `embedder` (its fingerprint), `keys` (n, 16) and `vectors` (n, dim, float16). A key is the
HMAC of fingerprint and text with the study's key, so the file holds no words and no ids. All of it can be computed
again: it may be deleted at any time, a damaged one is thrown away, and erasing a person's words removes it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from seedbed.curate.links import Tie
from seedbed.errors import MissingExtra
from seedbed.measures.definition import ENGLISH
from seedbed.records import Question, Triple
from seedbed.study import Folder, storage_errors, write_atomic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from seedbed.measures.embed import TextEmbedder

    Vector: TypeAlias = NDArray[np.float32]
    Vectors: TypeAlias = Mapping[str, Vector]

__all__ = ["Space", "cosine_ties", "load_vectors", "text_of", "vectors_of", "vectors_path"]

Listen = Callable[[str, int, int], None]
_SAVED_EVERY = 1024  # new vectors: three seconds of embedding, which a kill repeats at most
_BLOCK = 256  # seeds compared with all others at once: 256 · 10,000 float32 are 10 MB
_SCREEN_ERROR = 5e-5  # twice the worst error of a float32 product of unit vectors of 384
Item = Question | Triple


def vectors_path(folder: Folder) -> Path:
    """Where the vectors of a study are kept."""
    return folder.root / "curation" / "vectors.npz"


def text_of(item: Item) -> str:
    """What a seed is compared by: the question, or a triple's prompt."""
    return item.text if isinstance(item, Question) else item.prompt


def load_vectors(
    folder: Folder,
    items: Iterable[Item],
    listen: Listen = lambda what, done, total: None,
    *,
    embedder: TextEmbedder | None = None,
    keep: bool = True,
) -> Vectors | None:
    """The vector of each seed by its id, shape (dim,), unit length to within float16; None without an embedder.

    Without `embedder` it is the embedded one, which knows English only: a seed in another language has no vector, and
    neither has an empty text. With `keep`, what is new is written to the folder, so that the caller holds
    `folder.writing()`: erasing waits for that. Raises what an endpoint that embeds raises, and StorageError.
    """
    read = [item for item in items if embedder is not None or ENGLISH.refuses(item.language) is None]
    return vectors_of(folder, {item.id: text_of(item) for item in read}, listen, embedder=embedder, keep=keep)


def vectors_of(
    folder: Folder,
    texts: Mapping[str, str],
    listen: Listen = lambda what, done, total: None,
    *,
    embedder: TextEmbedder | None = None,
    keep: bool = True,
) -> Vectors | None:
    """The vector of each text by its name: of labels, definitions, a profile. As `load_vectors` otherwise."""
    import numpy as np

    from seedbed.measures.embed import Embedder

    embedder = embedder or Embedder()
    cache = _Cache(folder, embedder.fingerprint)
    keys = {name: cache.key(text) for name, text in texts.items() if text.strip()}
    unknown = {key: texts[name] for name, key in keys.items() if key not in cache.rows}
    names = list(unknown)
    unsaved = 0
    try:
        for start in range(0, len(names), 64):
            part = names[start : start + 64]
            fresh = np.asarray(embedder.encode([unknown[key] for key in part]), dtype=np.float16)
            if cache.dim not in (None, fresh.shape[1]):
                # an endpoint gives vectors of another model under the same name: nothing of before compares with them
                vectors_path(folder).unlink(missing_ok=True)
                return vectors_of(folder, texts, listen, embedder=embedder, keep=keep)
            cache.rows.update(zip(part, fresh, strict=True))
            unsaved += len(part)
            listen("embedding seeds", start + len(part), len(names))
            if keep and unsaved >= _SAVED_EVERY:
                cache.save()
                unsaved = 0
    except MissingExtra:
        return None
    if keep and unsaved:
        cache.save()
    return {name: cache.rows[key].astype(np.float32) for name, key in keys.items()}


class _Cache:
    def __init__(self, folder: Folder, fingerprint: str) -> None:
        self._folder, self._fingerprint = folder, fingerprint
        self._path = vectors_path(folder)
        self.rows: dict[bytes, NDArray[np.float16]] = self._read()
        self.dim = len(next(iter(self.rows.values()))) if self.rows else None  # of what was kept

    def key(self, text: str) -> bytes:
        return bytes.fromhex(self._folder.digest("vector", self._fingerprint, text))

    def _read(self) -> dict[bytes, NDArray[np.float16]]:
        import numpy as np

        try:
            with storage_errors(self._path):
                content = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as found:
                if str(found["embedder"]) != self._fingerprint:
                    return {}
                keys, vectors = found["keys"], found["vectors"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, NotImplementedError, TypeError):
            return {}  # a flipped bit may ask for a compression that there is none of, or leave no archive at all
        sound = (
            keys.dtype == np.uint8 and keys.ndim == 2 and keys.shape[1] == 16
            and vectors.dtype == np.float16 and vectors.ndim == 2 and len(keys) == len(vectors)
            and vectors.shape[1] > 0 and bool(np.isfinite(vectors).all())
        )  # fmt: skip
        return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)} if sound else {}

    def save(self) -> None:
        import numpy as np

        out = io.BytesIO()
        keys = np.frombuffer(b"".join(self.rows), dtype=np.uint8).reshape(-1, 16)
        np.savez(out, embedder=np.array(self._fingerprint), keys=keys, vectors=np.stack(list(self.rows.values())))
        write_atomic(self._path, out.getvalue())


class Space:
    """The vectors of `ids`, to be compared: a seed that has none is at cosine 0 to every other.

    Entries are of float16, multiples of 2^-24, so that products and sums of 384 of them are exact in float64: a cosine
    is the same in any order of summing, on every machine that has the same vectors.
    """

    def __init__(self, ids: Sequence[str], vectors: Vectors) -> None:
        import numpy as np

        self.ids = tuple(ids)
        self.known: NDArray[np.bool_] = np.array([id in vectors for id in ids], dtype=np.bool_)
        dim = len(next(iter(vectors.values()))) if vectors else 0
        self._rows = np.zeros((len(self.ids), dim))
        for row in np.flatnonzero(self.known):
            self._rows[row] = vectors[self.ids[row]].astype(np.float16)
        lengths = np.sqrt(np.vecdot(self._rows, self._rows))
        self._lengths = np.where(lengths > 0, lengths, 1.0)

    def cosines(self, row: int) -> NDArray[np.float64]:
        """The cosine of the seed at `row` to each, itself included, shape (n,)."""
        found: NDArray[np.float64] = self._rows @ self._rows[row] / (self._lengths * self._lengths[row])
        return found

    def nearest(self) -> NDArray[np.float64]:
        """The cosine of each seed to the nearest other, shape (n,); in float32, so to six digits."""
        import numpy as np

        unit = self._unit()
        found = np.empty(len(unit))
        for start in range(0, len(unit), _BLOCK):
            cosines = unit[start : start + _BLOCK] @ unit.T
            rows = np.arange(len(cosines))
            cosines[rows, start + rows] = -np.inf
            found[start : start + _BLOCK] = cosines.max(axis=1)
        return found

    def _unit(self) -> NDArray[np.float32]:
        found: NDArray[np.float32] = (self._rows / self._lengths[:, None]).astype("float32")
        return found

    def pairs(self, cut: float, listen: Listen) -> Iterator[tuple[int, int, float]]:
        """Each two rows with a cosine of `cut` or more. A float32 product over all pairs screens."""
        import numpy as np

        unit = self._unit()
        for start in range(0, len(unit), _BLOCK):
            near = unit[start : start + _BLOCK] @ unit[start:].T >= cut - _SCREEN_ERROR
            for a, b in np.argwhere(near) + start:
                if a < b:
                    cosine = float(self._rows[a] @ self._rows[b] / (self._lengths[a] * self._lengths[b]))
                    if cosine >= cut:
                        yield int(a), int(b), cosine
            listen("comparing meanings", min(start + _BLOCK, len(unit)), len(unit))


def cosine_ties(vectors: Vectors | None, cut: float, listen: Listen = lambda what, done, total: None) -> list[Tie]:
    """Each two seeds whose cosine is `cut` or more, by id in order: alike in meaning, if not in words."""
    if not vectors:
        return []
    ids = sorted(vectors)
    return [
        Tie((ids[a], ids[b]), "near-meaning", round(cosine, 4))
        for a, b, cosine in Space(ids, vectors).pairs(cut, listen)
    ]
