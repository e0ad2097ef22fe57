// Where the viewer is, and where it leads: to its neighbours, and back.

// The arrows on the stage: links to what lies beside the slide, hidden where there is nothing.
export function lead(viewer) {
  const { onward } = viewer.slides;
  for (const [name, step] of [["previous", -onward], ["next", onward]]) {
    const link = viewer.querySelector(`[data-${name}]`);
    const slide = viewer.slides.at(viewer.pswp.currIndex + step);
    if (link === document.activeElement && !slide) viewer.querySelector("[data-back]").focus();
    link.hidden = !slide;
    if (slide) link.href = slide.url;
  }
}

// To the page of all of them: where one was if one came from there, else to its beginning.
export function leave(link) {
  const from = new URL(link.href);
  const came = document.referrer ? new URL(document.referrer) : undefined;
  if (came?.origin === from.origin && came.pathname === from.pathname && window.history.length > 1) window.history.back();
  else window.location.assign(link.href);
}

// The page is that of the slide from now on, in the place of the one before.
export function stand(viewer, slide) {
  window.history.replaceState(window.history.state, "", slide.url);
  document.title = slide.name + document.title.slice(document.title.lastIndexOf(" · "));
  for (const name of document.querySelectorAll("[data-name]")) name.textContent = slide.name;
  viewer.querySelector("[data-said]").textContent = slide.alt;
}
