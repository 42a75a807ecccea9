"use strict";
// The table of connections: buttons that sort it, and a field that searches it. Without scripts it
// is a plain table. Names in it are hostile, so texts are read and set, and never markup.
(() => {
  const table = document.getElementById("connections-table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const numberOf = new Map(rows.map((row, i) => [row, i]));
  const collator = new Intl.Collator("en", { numeric: true });
  const find = document.getElementById("find");
  const field = document.getElementById("find-text");
  const told = document.getElementById("find-told");

  const search = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, i) => {
      row.hidden = !words.every((word) => texts[i].includes(word));
      if (!row.hidden) count += 1;
    });
    told.textContent = `${count.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
  };

  const valueOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value ?? cell.textContent.trim();
  };

  const sort = (head) => {
    const column = head.cellIndex;
    const isNumber = head.classList.contains("number");
    // What is most is looked for first.
    const first = isNumber ? "descending" : "ascending";
    const second = isNumber ? "ascending" : "descending";
    const order = head.getAttribute("aria-sort") === first ? second : first;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const sorted = rows.slice().sort((one, two) => {
      const a = valueOf(one, column), b = valueOf(two, column);
      const found = isNumber ? a - b : (a === "") - (b === "") || collator.compare(a, b);
      return sign * found || numberOf.get(one) - numberOf.get(two);
    });
    body.append(...sorted);
  };

  for (const head of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(head));
    head.replaceChildren(button);
  }
  field.addEventListener("input", search);
  find.hidden = false;
  search();
})();
