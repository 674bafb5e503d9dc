// The editor saves by itself while somebody types. A “Save” at that moment would send the new rows a second time,
// because only the answer to the first request says what numbers they have now: so the second waits for it.

let saving = false;
let waiting = null;
let released = false;

document.addEventListener("w-autosave:save", (event) => {
  if (released) {
    event.preventDefault();
  } else {
    saving = true;
  }
});

for (const answered of ["w-autosave:success", "w-autosave:error", "w-autosave:deactivated"]) {
  document.addEventListener(answered, () => {
    saving = false;
    if (waiting) {
      const { form, submitter } = waiting;
      waiting = null;
      released = true;
      if (submitter) submitter.disabled = false; // a disabled button does not say which it was
      form.requestSubmit(submitter);
    }
  });
}

document.addEventListener(
  "submit",
  (event) => {
    if (saving && event.target.matches('[data-controller~="w-autosave"]')) {
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = { form: event.target, submitter: event.submitter };
    }
  },
  true,
);
