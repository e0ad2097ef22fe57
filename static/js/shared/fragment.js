// A piece of a page, as a script asks for it; undefined where it cannot be had, or where the server leads elsewhere.
export async function fragment(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => undefined);
  if (!answer?.ok || answer.redirected) return undefined;
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  return template.content;
}
