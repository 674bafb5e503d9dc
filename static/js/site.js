// The only script that every page loads. It fetches GOV.UK Frontend or htmx when, and only when, the page uses them,
// so that a page to read costs a few hundred bytes. Everything works without it.

const own = document.querySelector("script[data-govuk]");

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}

async function startComponents(scope) {
  if (!scope.querySelector?.("[data-module^='govuk-']")) return;
  const govuk = await import(own.dataset.govuk);
  for (const name of ["Button", "CharacterCount", "ErrorSummary", "NotificationBanner", "PasswordInput"]) {
    const Component = govuk[name];
    for (const element of scope.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
      if (!element.hasAttribute(`data-${Component.moduleName}-init`)) new Component(element);
    }
  }
}

startComponents(document);

if (document.querySelector("[hx-get], [hx-post], [hx-boost]")) {
  await import(own.dataset.htmx);
  document.addEventListener("htmx:after:swap", () => startComponents(document));
}
