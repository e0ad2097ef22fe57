// <sp-picture>: sends the form as soon as a picture is chosen, dropped anywhere on the page, or pasted.

class SpPicture extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    this.input.addEventListener("change", () => this.send(), { signal });
    document.addEventListener("dragover", (event) => this.onDrag(event, true), { signal });
    document.addEventListener("dragleave", (event) => event.relatedTarget || this.onDrag(event, false), { signal });
    document.addEventListener("drop", (event) => this.onDrop(event), { signal });
    document.addEventListener("paste", (event) => this.take(event.clipboardData?.files), { signal });
  }

  disconnectedCallback() {
    this.listening.abort();
  }

  get form() {
    return this.querySelector("form");
  }

  get input() {
    return this.querySelector("input[type=file]");
  }

  onDrag(event, over) {
    event.preventDefault();
    this.form.classList.toggle("drop-over", over);
  }

  onDrop(event) {
    this.onDrag(event, false);
    this.take(event.dataTransfer?.files);
  }

  take(files) {
    const picture = [...(files ?? [])].find((file) => file.type.startsWith("image/") || !file.type);
    if (!picture) return;
    const chosen = new DataTransfer();
    chosen.items.add(picture);
    this.input.files = chosen.files;
    this.send();
  }

  send() {
    if (!this.input.files.length) return;
    this.querySelector("[data-said]").textContent = this.dataset.sending;
    this.form.requestSubmit();
  }
}

customElements.define("sp-picture", SpPicture);
