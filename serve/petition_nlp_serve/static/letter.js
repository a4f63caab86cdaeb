// Shows a text with its entities, and lights up evidence.
// The service counts characters (code points); JavaScript strings count UTF-16 units. Everything here works on the
// array of code points, so that an emoji or a rare character does not shift what comes after it.
import { entityName } from "./words.js";

export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") node.className = value;
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export class Letter {
  constructor(text, entities, lit) {
    this.points = Array.from(text);
    const cuts = new Set([0, this.points.length]);
    for (const span of [...entities, ...lit]) cuts.add(span.start).add(span.end);
    const places = [...cuts].filter((c) => c >= 0 && c <= this.points.length).sort((a, b) => a - b);
    this.pieces = [];
    this.node = element("p", { class: "letter", id: "letter" });
    let open = null;
    let parent = this.node;
    for (let i = 0; i + 1 < places.length; i += 1) {
      const [start, end] = [places[i], places[i + 1]];
      const entity = entities.find((e) => e.start <= start && end <= e.end) ?? null;
      if (entity !== open) {
        open = entity;
        parent = this.node;
        if (entity) {
          parent = element("mark", { class: `k-${entity.type}`, title: entityName(entity.type) });
          parent.dataset.type = entity.type;
          this.node.append(parent);
        }
      }
      const piece = element("span", {}, this.points.slice(start, end).join(""));
      piece.dataset.start = start;
      piece.dataset.end = end;
      parent.append(piece);
      this.pieces.push({ start, end, piece });
    }
  }

  light(spans) {
    let first = null;
    for (const { start, end, piece } of this.pieces) {
      const lit = spans.some((s) => s.start <= start && end <= s.end);
      piece.classList.toggle("lit", lit);
      if (lit) first ??= piece;
    }
    return first;
  }
}
