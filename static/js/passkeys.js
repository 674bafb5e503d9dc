// Beside allauth's scripts for passkeys: shows the buttons where the browser can, and says when one did not work.
(function () {
  "use strict";

  if (window.PublicKeyCredential) {
    for (const part of document.querySelectorAll("[data-needs-keys]")) part.hidden = false;
    for (const part of document.querySelectorAll("[data-without-keys]")) part.hidden = true;
  }

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const template = document.getElementById("key-failed");
    const main = document.querySelector("main .cl-narrow") || document.querySelector("main");
    const old = main.querySelector("[data-key-failed]");
    if (old) old.remove();
    const shown = document.createElement("div");
    shown.dataset.keyFailed = "";
    shown.tabIndex = -1;
    shown.append(template.content.cloneNode(true));
    main.prepend(shown);
    shown.focus();
  });
})();
