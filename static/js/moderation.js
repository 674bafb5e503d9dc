// Keyboard shortcuts of the queue and its review pages. Everything they do is a link or a button that stands on the page.
// Single letters can be switched off (WCAG 2.1.4), do nothing while somebody writes, and say what they did.

const KEPT = "moderation-keys";
const area = document.querySelector("[data-keys]");
const dialog = document.querySelector("[data-keys-dialog]");
const said = document.querySelector("[data-keys-said]");
const form = document.querySelector("[data-decide]");
let chosen = null;

function kept() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true; // The browser keeps nothing: they are on, as on a first visit.
  }
}

function keep(on) {
  try {
    if (on) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, "off");
  } catch {
    // Until the page is left.
  }
}

let on = kept();

function say(text) {
  said.textContent = "";
  requestAnimationFrame(() => (said.textContent = text));
}

function writing(target) {
  if (target.isContentEditable) return true;
  if (target.matches("textarea, select")) return true;
  return target.matches("input") && !["checkbox", "radio", "submit", "button"].includes(target.type);
}

// --- The list ---------------------------------------------------------------------------------------------------

const lines = () => [...document.querySelectorAll("[data-line]")];
const here = () => lines().findIndex((line) => line.contains(document.activeElement));
const linkOf = (line) => line?.querySelector(".cl-card__link");

function step(by) {
  const all = lines();
  const at = here();
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
  if (next < 0) return say(said.dataset.first);
  if (next >= all.length) return say(said.dataset.last);
  linkOf(all[next])?.focus();
}

function tick() {
  const box = lines()[here()]?.querySelector("input[type=checkbox]");
  if (!box) return say(said.dataset.none);
  box.checked = !box.checked;
  say(box.checked ? said.dataset.chosen : said.dataset.notChosen);
}

const onTheList = {
  j: () => step(1),
  k: () => step(-1),
  o: () => linkOf(lines()[Math.max(here(), 0)])?.click(),
  x: tick,
  u: () => press("u"),
};

// --- One thing --------------------------------------------------------------------------------------------------

function press(key) {
  const control = document.querySelector(`[data-key="${key}"]`);
  if (!control) return say(said.dataset.none);
  if (!control.hasAttribute("data-needs-reason")) return control.click();
  chosen?.classList.remove("cl-decide-now");
  chosen = control;
  chosen.classList.add("cl-decide-now");
  const field = form.querySelector("select, input[type=radio], textarea");
  field?.focus();
  say(`${control.textContent.trim()}. ${said.dataset.choose}`);
}

// --- Both -------------------------------------------------------------------------------------------------------

function help() {
  dialog.querySelector("[data-keys-on]").checked = on;
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (!area || dialog.open || event.altKey || event.metaKey || event.isComposing) return;
  if (event.ctrlKey) {
    if (event.key === "Enter" && chosen && form?.contains(event.target)) {
      event.preventDefault();
      form.requestSubmit(chosen);
    }
    return;
  }
  if (!on || event.repeat || writing(event.target)) return;
  if (event.key === "?") {
    event.preventDefault();
    return help();
  }
  const list = document.querySelector("[data-queue]");
  const act = list ? onTheList[event.key] : /^[acdhjkru]$/.test(event.key) && (() => press(event.key));
  if (!act) return;
  event.preventDefault();
  act();
});

if (area) {
  area.hidden = false;
  area.querySelector("[data-keys-open]").addEventListener("click", help);
  dialog.querySelector("[data-keys-on]").addEventListener("change", (event) => {
    on = event.target.checked;
    keep(on);
  });
}
