// <sp-bulk>: the actions on a selection. One that asks for values opens its form in a dialog instead of on a page of its
// own. The dialog stands at the end of the page, as a form cannot stand in a form.

class SpBulk extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    this.addEventListener("click", (event) => this.onClick(event), { signal });
    this.closest("form").addEventListener("formdata", (event) => event.formData.set("next", this.here()), { signal });
  }

  disconnectedCallback() {
    this.listening.abort();
  }

  // Where one has scrolled to since, which the address says and the form that the server sent does not.
  here() {
    const asked = new URLSearchParams(location.search);
    asked.delete("select");
    return asked.size ? `${location.pathname}?${asked}` : location.pathname;
  }

  onClick(event) {
    const button = event.target.closest("button[name=ask]");
    if (!button || !window.htmx) return;
    event.preventDefault();
    this.ask(button);
  }

  async ask(button) {
    const values = Object.fromEntries(new FormData(button.form));
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.dataset.form = "";
    dialog.setAttribute("aria-labelledby", "bulk-title");
    dialog.addEventListener("click", (event) => this.leave(event, dialog));
    dialog.addEventListener("close", () => {
      dialog.remove();
      button.closest("details")?.querySelector("summary").focus();
    });
    document.body.append(dialog);
    const asked = { target: dialog, swap: "innerHTML", values: { ...values, ask: button.value } };
    await window.htmx.ajax("POST", button.form.getAttribute("action"), asked); // its buttons are called "action"
    if (dialog.childElementCount) dialog.showModal();
    else dialog.remove();
  }

  leave(event, dialog) {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    dialog.close();
  }
}

customElements.define("sp-bulk", SpBulk);
