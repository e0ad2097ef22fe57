// What the viewer shows beside pictures.

// Videos, and files of which there is no picture.
export function loadOther(event, words) {
  const { content } = event;
  const slide = content.data.slide;
  if (!slide || content.data.type === undefined) return;
  event.preventDefault();
  content.element ??= slide.kind === "video" ? videoOf(slide, words) : tell(slide.name, words.unshown);
  content.onLoaded();
}

function videoOf(slide, words) {
  const frame = document.createElement("div");
  frame.className = "stage-video";
  const video = Object.assign(document.createElement("video"), {
    controls: true,
    playsInline: true,
    preload: "metadata",
    src: slide.original,
  });
  if (slide.src) video.poster = slide.src;
  video.setAttribute("aria-label", slide.alt);
  video.addEventListener("error", () => frame.replaceChildren(tell(slide.name, words.unplayable)), { once: true });
  frame.append(video);
  return frame;
}

function tell(name, words) {
  const told = document.createElement("div");
  told.className = "stage-file";
  for (const text of [name, words]) told.append(Object.assign(document.createElement("p"), { textContent: text }));
  return told;
}
