// <sp-folders data-field="id">: keeps the text field in step with the folder picked, and moves by the arrow keys.

class SpFolders extends HTMLElement {
  connectedCallback() {
    this.addEventListener("htmx:load", () => this.onPicked());
    this.addEventListener("keydown", (event) => this.onKey(event));
  }

  onPicked() {
    const folders = this.querySelector(".folders");
    const field = document.getElementById(this.dataset.field);
    field.value = folders.dataset.path;
    // The link that had the focus is gone; the first folder, or else the last step of the path, takes it.
    const next = folders.querySelector(".folder") ?? [...folders.querySelectorAll(".crumbs a")].at(-1);
    next?.focus({ preventScroll: true });
  }

  onKey(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 };
    const current = event.target.closest?.(".folder");
    if (!current || !(event.key in steps)) return;
    event.preventDefault();
    const links = [...this.querySelectorAll(".folder")];
    links[links.indexOf(current) + steps[event.key]]?.focus();
  }
}

customElements.define("sp-folders", SpFolders);
