// The months of a library on a scale from 0 (the newest) to 1. Half of its length is shared evenly among them, half by how many
// photos they have, so that a small month can be hit as well.

export class Months {
  constructor(links) {
    const counts = links.map((link) => Number(link.dataset.count));
    const total = counts.reduce((sum, count) => sum + count, 0);
    let end = 0;
    this.all = links.map((link, at) => {
      const start = end;
      end += 0.5 / counts.length + (0.5 * counts[at]) / total;
      return { url: link.href, text: link.firstElementChild.textContent, month: new URL(link.href).searchParams.get("at"), start, end };
    });
    this.last = counts.length - 1;
  }

  // The number of the month at a place on the scale.
  under(share) {
    const at = this.all.findIndex((one) => share < one.end);
    return at < 0 ? this.last : at;
  }

  // Where a day lies: the number of its month, or of the next older one, and the share of that which is over.
  of(day) {
    const found = this.all.findIndex((one) => one.month <= day.slice(0, 7));
    const at = found < 0 ? this.last : found;
    return [at, this.all[at].month === day.slice(0, 7) ? (31 - Number(day.slice(8))) / 31 : 0];
  }

  // The newest month of the year so many years on; undefined where there is none.
  year(at, step) {
    const wanted = Number(this.all[at].month.slice(0, 4)) + step;
    const found = this.all.findIndex((one) => Number(one.month.slice(0, 4)) <= wanted);
    return found < 0 ? undefined : found;
  }

  // The first month of each year that has room: at least so much of the scale after the one before.
  years(apart) {
    let last = -apart;
    let year;
    return this.all.filter(({ month, start }) => {
      if (month.slice(0, 4) === year || start - last < apart) return false;
      [year, last] = [month.slice(0, 4), start];
      return true;
    });
  }
}
