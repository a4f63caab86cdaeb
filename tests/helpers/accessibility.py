"""An accessibility check to run in a page, after the rules that tools of this kind apply most: names of controls,
labels, language, title, landmarks, heading order, duplicate ids, references, contrast (WCAG AA), focusable scrolling.
"""

AUDIT = r"""
() => {
  const found = [];
  const say = (kind, node) => found.push(`${kind}: ${node.outerHTML.slice(0, 120)}`);
  const visible = (n) => n.checkVisibility({visibilityProperty: true}) && n.getClientRects().length > 0;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(visible);
  const text = (ids) => (ids || '').split(/\s+/).map((i) => document.getElementById(i)?.textContent ?? '').join('').trim();
  const name = (n) => n.getAttribute('aria-label')?.trim() || text(n.getAttribute('aria-labelledby')) ||
    [...(n.labels ?? [])].map((l) => l.textContent).join('').trim() || n.alt?.trim() || n.textContent.trim() || n.title;
  if (!document.documentElement.lang) say('html-lang', document.documentElement);
  if (!document.title.trim()) say('document-title', document.head);
  if (all('main').length > 1) say('landmark-one-main', document.body);
  for (const n of all('img')) if (!n.hasAttribute('alt')) say('image-alt', n);
  for (const n of all('button, a[href], [role=tab]')) if (!name(n)) say('button-name', n);
  for (const n of all('input:not([type=hidden]), select, textarea')) {
    if (!(n.getAttribute('aria-label') || text(n.getAttribute('aria-labelledby')) || n.labels.length)) say('label', n);
  }
  for (const n of all('progress, table')) if (!name(n)) say('name', n);
  const ids = [...document.querySelectorAll('[id]')].map((n) => n.id);
  for (const id of new Set(ids)) if (ids.filter((x) => x === id).length > 1) found.push(`duplicate-id: ${id}`);
  for (const attribute of ['aria-controls', 'aria-labelledby', 'aria-describedby', 'for']) {
    for (const n of document.querySelectorAll(`[${attribute}]`)) {
      for (const id of n.getAttribute(attribute).split(/\s+/)) if (!document.getElementById(id)) say(attribute, n);
    }
  }
  let level = 0;
  for (const n of all('h1, h2, h3, h4')) {
    if (Number(n.tagName[1]) > level + 1) say('heading-order', n);
    level = Number(n.tagName[1]);
  }
  for (const n of all('*')) {
    const style = getComputedStyle(n);
    const scrolls = /auto|scroll/.test(style.overflowY + style.overflowX) &&
      (n.scrollHeight > n.clientHeight + 1 || n.scrollWidth > n.clientWidth + 1);
    if (scrolls && n.tabIndex < 0 && !['TEXTAREA', 'HTML', 'BODY'].includes(n.tagName)) say('scrollable-focus', n);
    if (n.tabIndex > 0) say('tabindex', n);
  }
  const parse = (c) => { const m = c.match(/[\d.]+/g).map(Number); return {rgb: m.slice(0, 3), a: m[3] ?? 1}; };
  const light = (rgb) => rgb.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const back = (n) => {
    for (let m = n; m; m = m.parentElement) { const c = parse(getComputedStyle(m).backgroundColor); if (c.a > 0.99) return c.rgb; }
    return matchMedia('(prefers-color-scheme: dark)').matches && getComputedStyle(document.documentElement).colorScheme.includes('dark')
      ? [18, 18, 18] : [255, 255, 255];
  };
  for (const n of all('body *')) {
    const own = [...n.childNodes].some((c) => c.nodeType === 3 && c.textContent.trim());
    if (!own || n.closest(':disabled')) continue;
    const style = getComputedStyle(n);
    const [a, b] = [light(parse(style.color).rgb), light(back(n))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) say(`color-contrast ${ratio.toFixed(2)}`, n);
  }
  return found;
}
"""
