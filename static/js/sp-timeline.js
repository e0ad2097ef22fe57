// <sp-timeline>: moves among the tiles by the arrow keys.

class SpTimeline extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.onKey(event));
  }

  onKey(event) {
    const tile = event.target.closest?.(".tile");
    if (!tile || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const target = this.target(event.key, tile);
    if (!target) return;
    event.preventDefault();
    target.querySelector("a").focus();
    target.scrollIntoView({ block: "nearest" });
  }

  target(key, tile) {
    const tiles = [...this.querySelectorAll(".tile:not([hidden])")];
    const at = tiles.indexOf(tile);
    if (key === "ArrowLeft") return tiles[at - 1];
    if (key === "ArrowRight") return tiles[at + 1];
    if (key === "ArrowUp") return this.nearest(tile, tiles.slice(0, at).reverse(), -1);
    if (key === "ArrowDown") return this.nearest(tile, tiles.slice(at + 1), 1);
    return undefined;
  }

  // The tile of the next row (upwards or downwards) whose middle is nearest to that of this one.
  nearest(tile, others, direction) {
    const box = tile.getBoundingClientRect();
    const middle = box.left + box.width / 2;
    let row;
    let best;
    for (const other of others) {
      const place = other.getBoundingClientRect();
      if ((place.top - box.top) * direction < 1) continue;
      row ??= place.top;
      if (Math.abs(place.top - row) > 1) break;
      const away = Math.abs(place.left + place.width / 2 - middle);
      if (!best || away < best.away) best = { other, away };
    }
    return best?.other;
  }
}

customElements.define("sp-timeline", SpTimeline);
