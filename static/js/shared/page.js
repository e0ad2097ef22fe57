// Small things that many pages do.

// The token that Django wants with what is sent by script; the page carries it for htmx.
export function csrfToken() {
  return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}
