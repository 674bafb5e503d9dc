// Type-ahead for search boxes: the editable combobox of the ARIA Authoring Practices, with a list that completes
// nothing and selects nothing by itself. Without this script, or when the server does not answer, the box is an
// ordinary search box.

const WAIT = 150;
let made = 0;

function enhance(input) {
  const { form } = input;
  const row = input.parentElement;
  const address = form.dataset.suggest;
  const list = document.createElement("ul");
  list.id = `suggestions-${(made += 1)}`;
  list.className = "cl-suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.querySelector("label")?.textContent.trim() || "");
  list.hidden = true;
  const status = document.createElement("div");
  status.className = "govuk-visually-hidden";
  status.setAttribute("role", "status");
  row.append(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  let current = -1;
  let timer = 0;
  let request = null;

  const options = () => [...list.children];

  function close() {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    select(-1);
    input.setAttribute("aria-expanded", "false");
  }

  function open() {
    list.hidden = list.children.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    return !list.hidden;
  }

  function forget() {
    list.replaceChildren();
    status.textContent = "";
    close();
  }

  function select(index) {
    current = index;
    options().forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
    const chosen = options()[index];
    if (chosen) {
      input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function optionFor(suggestion, index) {
    const option = document.createElement("li");
    option.id = `${list.id}-${index}`;
    option.className = "cl-suggestion";
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.url = suggestion.url;
    const kind = document.createElement("span");
    kind.className = "cl-suggestion__kind";
    kind.append(suggestion.kind);
    const comma = document.createElement("span");
    comma.className = "govuk-visually-hidden";
    comma.append(", ");
    option.append(suggestion.title, comma, kind);
    return option;
  }

  function show(suggestions) {
    list.replaceChildren(...suggestions.map(optionFor));
    select(-1);
    open();
    const { none, one, many } = form.dataset;
    const number = suggestions.length;
    status.textContent = number === 0 ? none : number === 1 ? one : many.replace("{n}", number);
  }

  async function ask() {
    const text = input.value.trim();
    request?.abort();
    if (text.length < 2) return forget();
    request = new AbortController();
    const { signal } = request;
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(text)}`, { signal });
      if (!answer.ok) return forget();
      const { suggestions } = await answer.json();
      if (!signal.aborted && document.activeElement === input) show(suggestions);
    } catch {
      // A slower answer to an older question, or no network: the box goes on as it is.
    }
  }

  function move(step) {
    const last = options().length - 1;
    if (list.hidden && !open()) return;
    const next = current + step;
    select(next > last ? -1 : next < -1 ? last : next);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (list.children.length === 0) return;
        event.preventDefault();
        if (event.altKey) {
          if (event.key === "ArrowDown") open();
          else close();
        } else {
          move(event.key === "ArrowDown" ? 1 : -1);
        }
        break;
      case "Escape":
        event.preventDefault();
        if (list.hidden) {
          input.value = "";
          forget();
        } else {
          close();
        }
        break;
      case "Enter":
        if (current >= 0 && !list.hidden) {
          event.preventDefault();
          location.assign(options()[current].dataset.url);
        } else {
          close();
        }
        break;
      case "ArrowLeft":
      case "ArrowRight":
      case "Home":
      case "End":
        // They move in the text, so the text is what Enter sends.
        select(-1);
        break;
      default:
    }
  });
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
}

function start() {
  for (const input of document.querySelectorAll("form[data-suggest] input[type=search]")) {
    if (!input.hasAttribute("role")) enhance(input);
  }
}

start();
// Going back puts in a box that is new.
document.addEventListener("htmx:after:swap", start);
