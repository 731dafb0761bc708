"use strict";
// Sorts tables, filters examples, switches the map between counts and shares, unfolds what is printed. Without it
// everything is shown as it is.
(() => {
  const made = (name, words, kind) => {
    const element = document.createElement(name);
    if (words) element.textContent = words;
    if (kind) element.className = kind;
    return element;
  };
  const numberIn = (text) => {
    const found = text.replace(/,/g, "").replace(/−/g, "-").replace(/^[<>]/, "").match(/^-?(\d+\.?\d*|\.\d+)/);
    return found ? Number(found[0]) : null;
  };

  for (const table of document.querySelectorAll("table.sorted")) {
    const body = table.tBodies[0];
    if (!body || body.rows.length < 3) continue;
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      if (head.classList.contains("span")) return;
      const button = made("button", head.textContent.trim(), "sort");
      button.type = "button";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") !== "descending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const keyed = [...body.rows].map((row) => {
          const text = row.cells[place].textContent.trim();
          return { row, text, number: numberIn(text) };
        });
        const order = (a, b) => {
          if (a.number !== null && b.number !== null) return a.number - b.number;
          if (a.number !== null || b.number !== null) return a.number !== null ? 1 : -1;
          return b.text.localeCompare(a.text);
        };
        keyed.sort((a, b) => (down ? order(b, a) : order(a, b)));
        body.append(...keyed.map(({ row }) => row));
      });
    });
  }

  for (const place of document.querySelectorAll(".filter")) {
    const cards = [...document.getElementById(place.dataset.cards).querySelectorAll(".card")];
    if (!cards.length) continue;
    const label = made("label", "Show only rows with ");
    const field = made("input");
    const told = made("span", "", "small");
    field.type = "search";
    field.placeholder = "a word, a topic, a check";
    told.setAttribute("role", "status");
    label.append(field);
    place.append(label, told);
    field.addEventListener("input", () => {
      const words = field.value.trim().toLowerCase().split(/\s+/);
      let shown = 0;
      for (const card of cards) {
        const text = card.textContent.toLowerCase();
        card.hidden = !words.every((word) => text.includes(word));
        shown += card.hidden ? 0 : 1;
      }
      told.textContent = field.value.trim() ? `${shown} of ${cards.length} rows` : "";
    });
  }

  for (const table of document.querySelectorAll("table.map")) {
    const whole = Number(table.dataset.whole);
    const cells = [...table.querySelectorAll("td")].filter((cell) => numberIn(cell.textContent) !== null);
    if (!whole || !cells.length) continue;
    const counts = cells.map((cell) => cell.textContent);
    const button = made("button", "Show shares of all kept rows", "switch");
    let shares = false;
    button.type = "button";
    button.addEventListener("click", () => {
      shares = !shares;
      button.textContent = shares ? "Show counts" : "Show shares of all kept rows";
      cells.forEach((cell, at) => {
        cell.textContent = shares ? `${((100 * numberIn(counts[at])) / whole).toFixed(1)}%` : counts[at];
      });
    });
    table.parentElement.before(button);
  }

  const folded = [];
  addEventListener("beforeprint", () => {
    folded.push(...document.querySelectorAll("details:not([open])"));
    for (const part of folded) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of folded.splice(0)) part.open = false;
  });
})();
