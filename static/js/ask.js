// What there is already, while a question is written. Without this script, or when the server does not answer, “See what
// there is” shows the same before anything is sent.

const WAIT = 400;
const LEAST = 12;
const form = document.querySelector("form[data-similar]");
const place = document.getElementById("similar");
// A screen reader says how much there is, not all of it after each pause.
const said = document.getElementById("similar-said");

if (form && place) {
  let timer = 0;
  let request = null;
  let asked = "";

  const words = () => `${form.elements.title.value} ${form.elements.body.value}`.trim();

  async function look() {
    const text = words();
    if (text === asked || text.length < LEAST) return;
    request?.abort();
    request = new AbortController();
    try {
      const answer = await fetch(form.dataset.similar, {
        method: "POST",
        body: new FormData(form),
        signal: request.signal,
        redirect: "error",
      });
      if (!answer.ok) return;
      const html = await answer.text();
      asked = text;
      if (place.innerHTML === html) return;
      place.innerHTML = html;
      said.textContent = place.querySelector("[data-said]")?.dataset.said ?? place.textContent.trim();
    } catch {
      // Overtaken, or the server is away: the button below shows the same.
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
}
