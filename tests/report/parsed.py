"""A page as a reader's programs see it: elements with their attributes, and the text between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr", "path", "rect", "line"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    inside: list[Element | str] = field(default_factory=list)

    def find(self, name: str) -> Iterator[Element]:
        for item in self.inside:
            if isinstance(item, Element):
                if item.name == name:
                    yield item
                yield from item.find(name)

    def everything(self) -> Iterator[Element]:
        for item in self.inside:
            if isinstance(item, Element):
                yield item
                yield from item.everything()

    @property
    def text(self) -> str:
        return " ".join("".join(i if isinstance(i, str) else f" {i.text} " for i in self.inside).split())

    def by_id(self, id: str) -> Element:
        return next(item for item in self.everything() if item.attributes.get("id") == id)


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("root", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open[-1].name == tag, f"</{tag}> closes <{self._open[-1].name}>"
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


def parse(page: str) -> Element:
    """The page's tree; fails where a tag is not closed."""
    tree = _Tree()
    tree.feed(page)
    tree.close()
    assert len(tree._open) == 1, f"<{tree._open[-1].name}> is never closed"
    return tree.root
