// The tiles of a page by their ids, in their order. Parts of <sp-days> that let go of their tiles know their ids by day.

export function boxes(root) {
  return [...root.querySelectorAll(".tile:not([hidden]) > .tile-check")];
}

export function order(root, day) {
  const found = root.querySelectorAll(".tile:not([hidden]) > .tile-check, [data-dropped]");
  return [...found].flatMap((one) => {
    if (one.days) return one.days.filter(([date]) => !day || date === day).flatMap(([, ids]) => ids);
    return !day || one.closest("[data-day]")?.dataset.day === day ? [one.value] : [];
  });
}

// All from one to the other, whichever comes first; only the second where the first is not there.
export function between(root, from, to) {
  const ids = order(root);
  const [start, end] = [ids.indexOf(from), ids.indexOf(to)].sort((one, other) => one - other);
  return start < 0 ? [to] : ids.slice(start, end + 1);
}
