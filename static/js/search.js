// The search page in place: htmx asks and puts the answer in; this keeps the reader where they were and says what is
// shown. Without it every filter, tag and order is a form or a link that loads the page.

const said = document.getElementById("search-said");
const trouble = document.getElementById("search-trouble");
const area = () => document.getElementById("search");
const heading = () => document.getElementById("results-title");

// What to do with the focus when the answer is there: the id of what had it, or how to find what comes next.
let after = null;

function remember(source) {
  // Back and forward: the browser puts the focus where it wants.
  if (source === document.body) return null;
  const active = document.activeElement;
  const chip = source?.closest?.("#search-chosen li");
  if (chip) {
    const place = [...chip.parentElement.children].indexOf(chip);
    return () => document.querySelectorAll("#search-chosen .cl-chip")[place] || lastChip() || heading();
  }
  // A page of results, an order, “Apply filters”: on to the results.
  if (source?.matches?.("a, form.cl-search") || (source?.matches?.("form") && active?.type === "submit")) return heading;
  const id = active?.id;
  return () => (id && document.getElementById(id)) || heading();
}

function lastChip() {
  return [...document.querySelectorAll("#search-chosen .cl-chip")].at(-1);
}

document.addEventListener("htmx:config:request", (event) => {
  after = remember(event.detail.ctx.sourceElement);
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx.response?.status === 200 && ctx.text.includes('id="search"')) return;
  // Not the search page: an error, or a door in between. The browser shows it as it is.
  event.preventDefault();
  location.assign(ctx.request.action);
});

document.addEventListener("htmx:after:swap", () => {
  trouble.hidden = true;
  // A box that the reader has clicked no longer follows its attribute by itself.
  for (const box of area().querySelectorAll("input[type=checkbox]")) box.checked = box.defaultChecked;
  const words = document.getElementById("search-box");
  if (words && document.activeElement !== words) words.value = new URLSearchParams(location.search).get("q") || "";
  const target = after?.();
  after = null;
  if (target && target !== document.activeElement) {
    const isHeading = target === heading();
    target.focus({ preventScroll: !isHeading });
    if (isHeading) return;
  }
  said.textContent = heading()?.textContent || "";
});

document.addEventListener("htmx:error", (event) => {
  // Overtaken by a newer question: nothing is wrong.
  if (event.detail.error?.name === "AbortError" && event.detail.ctx?.request.signal.reason !== "timeout") return;
  trouble.textContent = trouble.dataset.text;
  trouble.hidden = false;
});

// “Near me”: asked only when pressed, and told no more exactly than to about a kilometre.
function offerNearMe() {
  if (!("geolocation" in navigator)) return;
  for (const button of document.querySelectorAll("[data-near-me]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-near-me]");
  if (!button) return;
  button.disabled = true;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      button.disabled = false;
      const { form } = button;
      form.elements.near.value = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
      form.requestSubmit();
    },
    () => {
      const { form } = button;
      const hint = form.querySelector("[data-hint]");
      button.disabled = false;
      button.hidden = true;
      hint.textContent = said.textContent = button.dataset.refused;
      form.elements.near.focus();
    },
    { maximumAge: 600_000, timeout: 15_000 },
  );
});

// “Copy link”
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy-link]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(location.href);
    said.textContent = button.textContent = button.dataset.done;
  } catch {
    said.textContent = button.textContent = button.dataset.refused;
  }
});

function offer() {
  offerNearMe();
  for (const button of document.querySelectorAll("[data-copy-link]")) button.hidden = false;
}

document.addEventListener("htmx:after:swap", offer);
offer();
