// Search, the filter of the catalogue, and groups that open for printing. Every page is readable without this script.
"use strict";

(() => {
  const form = document.querySelector("form.search");
  const input = form.querySelector("input");
  const list = form.querySelector("ul");
  const status = form.querySelector("[role=status]");
  const root = document.body.dataset.root;
  const MOST = 12;
  const pages = (window.slocPages || []).map(([title, about, words, path]) => ({
    title, about, path,
    text: `${title} ${about} ${words}`.toLowerCase(),
  }));

  // Pages that contain every word; titles that begin with the first word come first.
  function find(asked) {
    const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const found = pages.filter((page) => words.every((word) => page.text.includes(word)));
    const rank = (page) => {
      const at = page.title.toLowerCase().indexOf(words[0]);
      return at === 0 ? 0 : at > 0 ? 1 : 2;
    };
    return found.sort((one, other) => rank(one) - rank(other));
  }

  function show() {
    const found = find(input.value);
    list.replaceChildren(...found.slice(0, MOST).map((page) => {
      const link = document.createElement("a");
      link.href = root + page.path;
      const about = document.createElement("span");
      about.textContent = page.about;
      link.append(page.title, " ", about);
      const item = document.createElement("li");
      item.append(link);
      return item;
    }));
    const more = found.length > MOST ? `, first ${MOST} shown` : "";
    status.textContent = input.value.trim() ? `${found.length} found${more}` : "";
    form.classList.toggle("open", input.value.trim() !== "");
  }

  function move(step) {
    const links = [input, ...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    links[Math.min(Math.max(at + step, 0), links.length - 1)].focus();
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = list.querySelector("a");
    if (first) first.click();
  });
  input.addEventListener("input", show);
  form.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      input.value = "";
      show();
      input.focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    }
  });

  // The filter keeps rows that contain every word, in themselves or in the summary of their group.
  const field = document.querySelector("#filter");
  if (field) {
    const counted = field.parentElement.querySelector("[role=status]");
    const groups = [...document.querySelectorAll(".groups > details")].map((part) => ({
      part, open: part.open,
      about: part.querySelector("summary").textContent.toLowerCase(),
      rows: [...part.querySelectorAll("tbody tr")].map((row) => ({ row, text: row.textContent.toLowerCase() })),
    }));
    const filter = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let kept = 0;
      for (const { part, open, about, rows } of groups) {
        let here = 0;
        for (const { row, text } of rows) {
          row.hidden = !words.every((word) => text.includes(word) || about.includes(word));
          if (!row.hidden) here += 1;
        }
        part.hidden = !here;
        part.open = words.length ? here > 0 : open;
        kept += here;
      }
      counted.textContent = words.length ? `${kept} of ${groups.reduce((sum, { rows }) => sum + rows.length, 0)}` : "";
    };
    field.parentElement.hidden = false;
    field.addEventListener("input", filter);
    filter();
  }

  // A reader of a printout cannot open groups. Tables of figures stay closed, because their charts are printed.
  const opened = [];
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll(".groups > details:not([open])")) {
      part.open = true;
      opened.push(part);
    }
  });
  addEventListener("afterprint", () => {
    for (const part of opened.splice(0)) part.open = false;
  });
})();
