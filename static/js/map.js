// The map under the hand. The page comes with its map drawn and its list written, and links to move it; this moves it
// in place: drag, pinch, Ctrl and the wheel, buttons, keys, those links. While it moves, all points of the search, which
// come as one small file, are put together here as search/map_view.py does it. Where it rests, the server says what is
// there (marks with their names and links, counts, the list), and the address is that of this part of the map.

const MOST_ZOOM = 8;
const RADIUS = 5.2;
const TOGETHER = 2.1;
const CROWDED_TOGETHER = 3.6;
const CROWD = 80;
// Of the towns' names, in pixels.
const FONT = 13;
const FINE_FROM = 1.2;
// So much of what is shown has its marks on each side of it too.
const AROUND = 0.3;
const REST = 180;
const GLIDE = 220;
// So long a server that did not give the points is left alone.
const AGAIN = 10000;
const ON_THE_WAY = 1.6;
// Under the hand: so far off in steps of closeness, and so much of what is shown beyond its edge, a picture is moved
// before it is drawn anew.
const AT_HAND = 0.5;
const BEYOND = 0.15;
const SHAPES = {
  worked: '<circle r="1"/>',
  "partly-worked": '<circle class="cl-map__hollow" r=".85"/><path d="M0-1a1 1 0 0 0 0 2z"/>',
  "did-not-work":
    '<path class="cl-map__cross-edge" d="M-.8-.8L.8.8M.8-.8L-.8.8"/><path class="cl-map__cross" d="M-.8-.8L.8.8M.8-.8L-.8.8"/>',
  open: '<path class="cl-map__hollow" d="M0-1L1 0 0 1-1 0z"/>',
  ahead: '<circle class="cl-map__hollow" r=".6"/>',
  site: '<rect x="-.8" y="-.8" width="1.6" height="1.6"/>',
  offer: '<path d="M0-1.15L1.05.8H-1.05z"/>',
  record: '<path d="M0-1.1L1-.25V.9H-1V-.25z"/>',
};

// Of a mark, wider than what is seen of it.
const TOUCH = '<circle class="cl-map__touch" r="1.7"/>';

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const files = new Map();

function fetched(url) {
  if (!files.has(url)) {
    files.set(
      url,
      fetch(url)
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
        .catch(() => {
          files.delete(url);
          return null;
        }),
    );
  }
  return files.get(url);
}

// The file has steps from each point to the next; here they become columns.
export function columns(file) {
  const names = Object.keys(file.points);
  const total = names.reduce((sum, name) => sum + file.points[name].length / 2, 0);
  const found = { names, n: total, x: new Float32Array(total), y: new Float32Array(total), shape: new Uint8Array(total) };
  // Of a thing that has several points each has its number; 0 is a point that is all of its thing.
  found.thing = new Uint32Array(total);
  (file.same || []).forEach((some, number) => some.forEach((i) => (found.thing[i] = number + 1)));
  let at = 0;
  names.forEach((name, shape) => {
    const steps = file.points[name];
    let x = 0;
    let y = 0;
    for (let i = 0; i < steps.length; i += 2, at += 1) {
      x += steps[i];
      y += steps[i + 1];
      found.x[at] = x / file.grid;
      found.y[at] = y / file.grid;
      found.shape[at] = shape;
    }
  });
  return found;
}

// As `search.map_view.spots`: squares first, of which the fullest draw the others to them.
export function together(points, box, margin, radius) {
  const [left, right] = [box.left - box.width * margin, box.left + box.width * (1 + margin)];
  const [top, bottom] = [box.top - box.height * margin, box.top + box.height * (1 + margin)];
  const inside = [];
  let shown = 0;
  for (let i = 0; i < points.n; i += 1) {
    const x = points.x[i];
    const y = points.y[i];
    if (x < left || x > right || y < top || y > bottom) continue;
    inside.push(i);
    if (x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height) shown += 1;
  }
  const reach = radius * (shown <= CROWD ? TOGETHER : CROWDED_TOGETHER);
  const side = reach / 2;
  const squares = new Map();
  for (const i of inside) {
    const name = Math.floor(points.x[i] / side) * 65536 + Math.floor(points.y[i] / side);
    let square = squares.get(name);
    if (!square) {
      square = { x: 0, y: 0, n: 0, counts: new Array(points.names.length).fill(0), several: [] };
      squares.set(name, square);
    }
    square.x += points.x[i];
    square.y += points.y[i];
    square.n += 1;
    square.counts[points.shape[i]] += 1;
    if (points.thing[i]) square.several.push(i);
  }
  const found = [];
  for (const one of [...squares.values()].sort((a, b) => b.n - a.n)) {
    const [x, y] = [one.x / one.n, one.y / one.n];
    const near = found.find((spot) => (spot.x - x) ** 2 + (spot.y - y) ** 2 <= reach * reach);
    if (!near) {
      found.push({ x, y, n: one.n, counts: one.counts, several: one.several });
      continue;
    }
    const n = near.n + one.n;
    near.x = (near.x * near.n + one.x) / n;
    near.y = (near.y * near.n + one.y) / n;
    near.n = n;
    one.counts.forEach((count, shape) => {
      near.counts[shape] += count;
    });
    near.several.push(...one.several);
  }
  found.forEach((spot) => countThings(points, spot));
  return found;
}

// A thing that has several points in one mark is one thing, as the key and the list count it.
function countThings(points, spot) {
  const seen = new Set();
  for (const i of spot.several) {
    if (seen.has(points.thing[i])) {
      spot.n -= 1;
      spot.counts[points.shape[i]] -= 1;
    }
    seen.add(points.thing[i]);
  }
}

function pictured(spot, names, size) {
  const at = `x="${spot.x.toFixed(2)}" y="${spot.y.toFixed(2)}" width="1" height="1" overflow="visible"`;
  const scaled = `<g transform="scale(${size.toFixed(3)})">`;
  if (spot.n === 1) {
    const name = names[spot.counts.indexOf(1)];
    return `<svg class="cl-map__point cl-map__point--${name}" ${at}>${scaled}${TOUCH}${SHAPES[name]}</g></svg>`;
  }
  const short = spot.n < 1000 ? String(spot.n) : `${(spot.n / 1000).toFixed(1)}k`;
  const radius = 1 + 0.25 * short.length;
  let after = 0;
  let slices = "";
  spot.counts.forEach((count, shape) => {
    if (!count) return;
    const share = (100 * count) / spot.n;
    slices +=
      `<circle class="cl-map__slice cl-map__slice--${names[shape]}" r="${radius}" pathLength="100" ` +
      `stroke-dasharray="${share.toFixed(2)} ${(100 - share).toFixed(2)}" stroke-dashoffset="${(25 - after).toFixed(2)}"/>`;
    after += share;
  });
  return `<svg class="cl-map__many" ${at}>${scaled}${TOUCH}<circle r="${radius}"/>${slices}<text y=".48">${short}</text></g></svg>`;
}

class OneMap {
  constructor(root) {
    this.root = root;
    this.pointers = new Map();
    this.listening = new WeakSet();
    root.addEventListener("click", (event) => this.follow(event));
    root.addEventListener("keydown", (event) => this.leave(event));
    this.refresh();
  }

  // The page has come with another search, or for the first time.
  refresh() {
    const { root } = this;
    this.stop();
    this.frame = root.querySelector("[data-map-frame]");
    this.svg = this.frame.querySelector("svg.cl-map");
    this.marks = document.getElementById("map-marks");
    const [width, height, west, north, across, down] = root.dataset.plane.split(" ").map(Number);
    Object.assign(this, { width, height, west, north, across, down });
    this.words = JSON.parse(root.dataset.words);
    this.wide = this.svg.getBoundingClientRect().width || width;
    const [lat, lng, zoom] = root.dataset.view.split(",").map(Number);
    this.zoom = zoom;
    this.x = (lng - west) * across;
    this.y = (north - lat) * down;
    this.points = null;
    this.fine = null;
    this.loading = null;
    this.again = 0;
    this.settled = this.address();
    this.frame.tabIndex = 0;
    this.frame.setAttribute("aria-describedby", "map-help");
    for (const one of root.querySelectorAll("[data-map-buttons], [data-map-help]")) one.hidden = false;
    this.listen();
    this.show();
    this.served();
    (window.requestIdleCallback || ((work) => setTimeout(work, 300)))(() => this.load());
  }

  async load() {
    const url = this.root.dataset.points;
    if (this.points || this.loading === url || Date.now() < this.again) return;
    this.loading = url;
    const file = await fetched(url);
    if (this.loading !== url) return;
    this.loading = null;
    this.again = file ? 0 : Date.now() + AGAIN;
    if (file) this.points = columns(file);
    this.root.dataset.ready = file ? "points" : "";
    if (file && !this.settled) this.redraw();
  }

  stop() {
    this.underWay = false;
    clearTimeout(this.resting);
    cancelAnimationFrame(this.gliding);
    this.asking?.abort();
  }

  get box() {
    const width = this.width / 2 ** this.zoom;
    const height = this.height / 2 ** this.zoom;
    return {
      width,
      height,
      left: clamp(this.x - width / 2, 0, this.width - width),
      top: clamp(this.y - height / 2, 0, this.height - height),
    };
  }

  address() {
    const { left, top, width, height } = this.box;
    const lat = this.north - (top + height / 2) / this.down;
    const lng = this.west + (left + width / 2) / this.across;
    return `${Number(lat.toFixed(4))},${Number(lng.toFixed(4))},${Number(this.zoom.toFixed(1))}`;
  }

  // Show another part: its middle in units, and how close. What is in it is asked when it rests.
  move(x, y, zoom) {
    this.zoom = clamp(zoom, 0, MOST_ZOOM);
    this.x = x;
    this.y = y;
    const { left, top, width, height } = this.box;
    this.x = left + width / 2;
    this.y = top + height / 2;
    this.load();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rest(), REST);
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      if (this.isNear()) {
        this.slide();
        return;
      }
      this.show();
      this.redraw();
    });
  }

  // The marks are those that came from the server, for what is shown.
  served() {
    this.drawn = { ...this.spread(0), own: false };
  }

  // What is shown and so much of it on each side.
  spread(margin) {
    const { left, top, width, height } = this.box;
    return {
      zoom: this.zoom,
      left: left - width * margin,
      top: top - height * margin,
      right: left + width * (1 + margin),
      bottom: top + height * (1 + margin),
    };
  }

  // Whether what is drawn will do for what is to be shown. On its way by a step, its marks grow or shrink with the land.
  isNear() {
    const { drawn } = this;
    const off = Math.abs(drawn.zoom - this.zoom);
    if (this.underWay) return off < ON_THE_WAY;
    const here = this.spread(-BEYOND);
    return (
      off < AT_HAND &&
      here.left >= drawn.left &&
      here.top >= drawn.top &&
      here.right <= drawn.right &&
      here.bottom <= drawn.bottom
    );
  }

  // Move and scale what is drawn as a picture: that takes neither layout nor drawing, which take a slow processor so
  // long that nothing would seem to move.
  slide() {
    const { box, base } = this;
    const [x, y] = [(base.left - box.left) / box.width, (base.top - box.top) / box.height];
    this.svg.style.transform = `translate(${(100 * x).toFixed(3)}%, ${(100 * y).toFixed(3)}%) scale(${(base.width / box.width).toFixed(5)})`;
  }

  // Draw it where it is.
  show() {
    const { left, top, width, height } = (this.base = this.box);
    this.svg.style.transform = "";
    this.svg.setAttribute("viewBox", `${left.toFixed(3)} ${top.toFixed(3)} ${width.toFixed(3)} ${height.toFixed(3)}`);
    this.svg.querySelector(".cl-map__towns").setAttribute("font-size", ((FONT * width) / this.wide).toFixed(3));
    this.svg.dataset.level = Math.min(Math.floor(this.zoom), 2);
    this.frame.toggleAttribute("data-whole", this.zoom === 0);
    if (this.zoom >= FINE_FROM) this.refine();
  }

  async refine() {
    if (this.fine === this.svg) return;
    this.fine = this.svg;
    const file = await fetched(this.root.dataset.fine);
    if (!file || this.fine !== this.svg) return;
    this.svg.querySelector(".cl-map__land").setAttribute("d", file.kingdom);
    this.svg.querySelector(".cl-map__nearby").setAttribute("d", file.nearby);
  }

  // Put the marks together anew, if what is drawn is too far from what is shown.
  redraw() {
    const { box, drawn } = this;
    if (!this.points) return;
    const within =
      Math.abs(drawn.zoom - this.zoom) < 0.4 &&
      box.left >= drawn.left &&
      box.top >= drawn.top &&
      box.left + box.width <= drawn.right &&
      box.top + box.height <= drawn.bottom;
    if (within) return;
    const size = (RADIUS * box.width) / this.width;
    const found = together(this.points, box, AROUND, size);
    this.keepFocus();
    this.marks.innerHTML = found.map((spot) => this.linked(spot, size)).join("");
    this.drawn = { ...this.spread(AROUND), own: true };
  }

  linked(spot, size) {
    const { names } = this.points;
    const parts = names.flatMap((name, shape) => (spot.counts[shape] ? [`${this.words[name]}: ${spot.counts[shape]}`] : []));
    const label = this.words.here.replace("%(n)s", spot.n).replace("%(parts)s", parts.join(", "));
    const lat = (this.north - spot.y / this.down).toFixed(4);
    const lng = (this.west + spot.x / this.across).toFixed(4);
    const to = `${lat},${lng},${Math.min(this.zoom + 1.5, MOST_ZOOM).toFixed(1)}`;
    const safe = label.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
    return `<a href="#map-list" data-to="${to}" aria-label="${safe}">${pictured(spot, names, size)}</a>`;
  }

  // Marks that come and go must not take the focus with them.
  keepFocus() {
    if (this.marks.contains(document.activeElement)) this.frame.focus({ preventScroll: true });
  }

  glide(x, y, zoom) {
    cancelAnimationFrame(this.gliding);
    if (calm.matches) {
      this.move(x, y, zoom);
      return;
    }
    const from = { x: this.x, y: this.y, zoom: this.zoom };
    const began = performance.now();
    const step = (now) => {
      const part = clamp((now - began) / GLIDE, 0, 1);
      const eased = 1 - (1 - part) ** 3;
      this.underWay = part < 1;
      this.move(from.x + (x - from.x) * eased, from.y + (y - from.y) * eased, from.zoom + (zoom - from.zoom) * eased);
      if (part < 1) this.gliding = requestAnimationFrame(step);
    };
    this.gliding = requestAnimationFrame(step);
  }

  to(address) {
    const [lat, lng, zoom] = address.split(",").map(Number);
    this.glide((lng - this.west) * this.across, (this.north - lat) * this.down, zoom);
  }

  // Closer (or further), so that the point under the finger stays where it is.
  zoomAt(by, clientX, clientY, { glide = false } = {}) {
    const area = this.frame.getBoundingClientRect();
    const { left, top, width, height } = this.box;
    const [fx, fy] = [(clientX - area.left) / area.width, (clientY - area.top) / area.height];
    const zoom = clamp(this.zoom + by, 0, MOST_ZOOM);
    const [w, h] = [this.width / 2 ** zoom, this.height / 2 ** zoom];
    const [x, y] = [left + fx * width + (0.5 - fx) * w, top + fy * height + (0.5 - fy) * h];
    if (glide) this.glide(x, y, zoom);
    else this.move(x, y, zoom);
  }

  step(across, down) {
    const { width, height } = this.box;
    this.glide(this.x + across * width * 0.25, this.y + down * height * 0.25, this.zoom);
  }

  act(name) {
    if (name === "closer") this.glide(this.x, this.y, Math.min(Math.round(this.zoom + 1), MOST_ZOOM));
    else if (name === "further") this.glide(this.x, this.y, Math.max(Math.round(this.zoom - 1), 0));
    else this.glide(this.width / 2, this.height / 2, 0);
  }

  async rest() {
    if (this.pointers.size) {
      this.resting = setTimeout(() => this.rest(), REST);
      return;
    }
    this.zoom = Math.round(this.zoom * 10) / 10;
    const view = this.address();
    // Where the server has said what is there it is asked again only if its marks have been drawn over.
    this.show();
    this.redraw();
    if (view === this.settled && !this.drawn.own) return;
    this.settled = null;
    this.remember(view);
    this.asking?.abort();
    this.asking = new AbortController();
    const said = document.getElementById("map-said");
    try {
      const url = `${this.root.dataset.part}&view=${view}`;
      const answer = await fetch(url, { signal: this.asking.signal });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (view !== this.address()) return;
      this.put(page);
      this.settled = view;
      this.root.dataset.rests = view;
    } catch (error) {
      if (error.name === "AbortError") return;
      said.textContent = this.words.failed;
    }
  }

  // What the server says of this part, in place of what was here.
  put(page) {
    const fresh = page.getElementById("map-marks");
    const way = document.activeElement?.dataset?.mapWay;
    const before = this.frame.getBoundingClientRect();
    this.keepFocus();
    this.marks.replaceChildren(...fresh.childNodes);
    this.served();
    for (const id of ["map-key", "map-ways", "map-list", "map-said", "map-here"]) {
      const old = document.getElementById(id);
      const focused = old.contains(document.activeElement);
      old.replaceChildren(...page.getElementById(id).childNodes);
      const next = id === "map-ways" ? old.querySelector(`[data-map-way="${way}"]`) || this.frame : old;
      if (focused) next.focus({ preventScroll: true });
    }
    this.svg.querySelector(".cl-map__towns").replaceWith(page.querySelector(".cl-map__towns"));
    this.wide = this.svg.getBoundingClientRect().width || this.wide;
    this.show();
    // A list that is shorter now would take the map, which stands beside it, out of sight and from under the hand.
    const after = this.frame.getBoundingClientRect();
    const seen = before.bottom > 0 && before.top < innerHeight;
    if (seen && after.top !== before.top) scrollBy({ top: after.top - before.top, behavior: "instant" });
  }

  // The address, the forms and the frame for other sites are of this part from now on.
  remember(view) {
    const query = new URL(this.root.dataset.part, location.href).searchParams;
    query.delete("page");
    query.delete("frame");
    query.set("view", view);
    history.replaceState(history.state, "", `${location.pathname}?${query.toString().replaceAll("%2C", ",")}`);
    for (const form of document.querySelectorAll("#search form.cl-search, #search-filters form")) {
      let field = form.querySelector("input[name=view]");
      if (!field) {
        field = Object.assign(document.createElement("input"), { type: "hidden", name: "view" });
        form.append(field);
      }
      field.value = view;
    }
    const link = document.getElementById("map-embed-link");
    if (!link) return;
    const url = new URL(link.href);
    url.searchParams.set("view", view);
    link.href = url;
    const code = document.getElementById("map-snippet");
    code.value = code.value.replace(/src="[^"]*"/, `src="${url.href.replaceAll("&", "&amp;")}"`);
  }

  listen() {
    const { frame } = this;
    if (this.listening.has(frame)) return;
    this.listening.add(frame);
    const on = (kind, work, options) => frame.addEventListener(kind, (event) => work.call(this, event), options);
    on("pointerdown", this.press);
    on("pointermove", this.drag);
    on("lostpointercapture", (event) => {
      // A finger is first held by the mark or the land under it, and goes over to the frame as soon as it drags.
      if (event.target === frame) this.lift(event);
    });
    on("dragstart", (event) => event.preventDefault());
    on("keydown", this.key);
    on("dblclick", (event) => {
      if (!event.target.closest("a, button")) this.zoomAt(1, event.clientX, event.clientY, { glide: true });
    });
    on(
      "wheel",
      (event) => {
        // The wheel alone scrolls the page; a pinch on a touchpad comes as a wheel with Ctrl.
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        this.zoomAt(clamp(-event.deltaY / 120, -1, 1) * 0.5, event.clientX, event.clientY);
      },
      { passive: false },
    );
    on(
      "click",
      (event) => {
        if (this.dragged) {
          this.dragged = false;
          event.preventDefault();
          event.stopPropagation();
          return;
        }
        const button = event.target.closest("[data-map-do]");
        if (button) this.act(button.dataset.mapDo);
        const mark = event.target.closest("a");
        if (!mark || event.ctrlKey || event.metaKey || event.shiftKey) return;
        const listed = mark.hash && document.querySelector(`#map-list > ol > li${mark.hash}`);
        if (!mark.dataset.to && !listed) return;
        event.preventDefault();
        if (mark.dataset.to) {
          this.frame.focus({ preventScroll: true });
          this.to(mark.dataset.to);
        } else listed.focus();
      },
      true,
    );
  }

  // The links that move a map without scripts, and with them for whoever cannot drag.
  follow(event) {
    const way = event.target.closest("[data-map-way]");
    if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.to(new URL(way.href).searchParams.get("view"));
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const acts = { "+": "closer", "=": "closer", "-": "further", _: "further", 0: "whole" };
    if (steps[event.key] && this.zoom > 0) this.step(...steps[event.key]);
    else if (acts[event.key]) this.act(acts[event.key]);
    else return;
    event.preventDefault();
  }

  // Escape leads from a mark's part of the list back to the mark, and from a mark to the map.
  leave(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    const list = event.target.closest("#map-list");
    if (!list && !this.marks.contains(event.target)) return;
    const row = event.target.closest("#map-list > ol > li[id]");
    // Marks that were drawn while it moved are not those that the list is of.
    const mark = row && !this.drawn.own && this.marks.querySelectorAll("a")[[...row.parentNode.children].indexOf(row)];
    (mark || this.frame).focus();
    event.preventDefault();
  }

  press(event) {
    if (event.button || event.target.closest("button")) return;
    cancelAnimationFrame(this.gliding);
    this.underWay = false;
    this.dragged = false;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, startX: event.clientX, startY: event.clientY });
    this.load();
  }

  drag(event) {
    const own = this.pointers.get(event.pointerId);
    if (!own) return;
    // The button was let go where nothing of it was heard.
    if (!event.buttons) {
      this.lift(event);
      return;
    }
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, one]) => one);
    if (!this.dragged && Math.hypot(event.clientX - own.startX, event.clientY - own.startY) < 5) return;
    this.dragged = true;
    if (!this.frame.hasPointerCapture(event.pointerId)) this.frame.setPointerCapture(event.pointerId);
    const area = this.frame.getBoundingClientRect();
    const { width, height } = this.box;
    if (others.length) {
      const [other] = others;
      const before = Math.hypot(own.x - other.x, own.y - other.y);
      const after = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      if (before > 10 && after > 10) this.zoomAt(Math.log2(after / before), other.x, other.y);
    } else {
      const across = ((own.x - event.clientX) * width) / area.width;
      this.move(this.x + across, this.y + ((own.y - event.clientY) * height) / area.height, this.zoom);
    }
    own.x = event.clientX;
    own.y = event.clientY;
  }

  lift(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    // The click that ends a drag comes before this, if it comes at all.
    if (!this.pointers.size) setTimeout(() => (this.dragged = false), 0);
  }
}

const maps = new WeakMap();
let current = null;

function start() {
  const root = document.querySelector("[data-map]");
  if (current && current.root !== root) current.stop();
  if (!root) {
    current = null;
    return;
  }
  current = maps.get(root);
  if (current) current.refresh();
  else maps.set(root, (current = new OneMap(root)));
}

// Also beside the map, where a press that began at its edge may end.
for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, (event) => current?.lift(event));
document.addEventListener("htmx:after:swap", start);
start();
