// Where the viewer leads: to its neighbours, and back.

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
