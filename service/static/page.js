// Small conveniences; every page does without. Suggestions in the search field (the combobox pattern of the ARIA
// Authoring Practices), and buttons that copy a citation or a piece of code.
"use strict";

function suggesting(input) {
  const list = document.createElement("ul");
  const told = document.createElement("span");
  const state = { options: [], at: -1, asked: 0 };
  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  told.className = "unseen";
  told.setAttribute("role", "status");
  input.after(list, told);
  for (const [name, value] of Object.entries({
    role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false",
  })) input.setAttribute(name, value);

  const close = () => {
    list.hidden = true;
    state.at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (at) => {
    state.at = at;
    state.options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", state.options[at].id);
      state.options[at].scrollIntoView({ block: "nearest" });
    }
  };
  const show = (found) => {
    state.options = found.map(({ label, type, href }, place) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${place}`;
      option.setAttribute("role", "option");
      option.dataset.href = href;
      const name = document.createElement("span");
      const kind = document.createElement("span");
      name.textContent = label;
      kind.textContent = type;
      kind.className = "about";
      option.append(name, " ", kind);
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => location.assign(href));
      return option;
    });
    list.replaceChildren(...state.options);
    told.textContent = found.length === 1 ? "1 suggestion" : `${found.length} suggestions`;
    mark(-1);
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
  };
  const ask = async () => {
    const number = ++state.asked;
    const words = input.value.trim();
    if (words.length < 2 && /^[ -~]*$/.test(words)) return close();
    try {
      const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(words)}`);
      const { suggestions } = await answer.json();
      if (number === state.asked && document.activeElement === input) show(suggestions);
    } catch {
      close(); // the form still searches
    }
  };
  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return void ask();
      const many = state.options.length + 1;
      mark(((state.at + 1 + (event.key === "ArrowDown" ? 1 : many - 1)) % many) - 1);
    } else if (event.key === "Enter" && state.at >= 0) {
      event.preventDefault();
      location.assign(state.options[state.at].dataset.href);
    }
  });
  input.addEventListener("blur", () => {
    ++state.asked;
    close();
  });
}

function copying(from) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(from.value ?? from.textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  from.after(button);
}

document.querySelectorAll("input[data-suggest]").forEach(suggesting);
if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(copying);
