// <vuoro-times municipality="305" lang="fi">: a municipality's places that help and their next free times, on any site.
// docs/integrating.md says how it is used. It asks our public API alone, keeps nothing, and leads to our pages.
(() => {
  "use strict";

  const home = new URL("/", document.currentScript.src).origin;
  const PLACES_SHOWN = 20;

  const TEXTS = {
    "fi": {
      "title": "Digituki: {place}",
      "looking": "Haetaan vapaita aikoja …",
      "next": "Ensimmäinen vapaa aika:",
      "dropIn": "Ilman ajanvarausta:",
      "phone": "Puhelimitse, ensimmäinen vapaa aika:",
      "none": "Juuri nyt ei ole vapaita aikoja.",
      "empty": "Luettelossa ei ole vielä paikkoja.",
      "unknown": "Emme tunnista tätä kuntaa.",
      "noTimes": "Emme voi nyt näyttää vapaita aikoja. Yritä hetken päästä uudelleen.",
      "failed": "Emme voi juuri nyt näyttää paikkoja.",
      "book": "Varaa aika",
      "all": "Kaikki paikat"
    },
    "sv": {
      "title": "Hjälp med digitala tjänster: {place}",
      "looking": "Söker lediga tider …",
      "next": "Första lediga tid:",
      "dropIn": "Utan tidsbokning:",
      "phone": "Per telefon, första lediga tid:",
      "none": "Just nu finns inga lediga tider.",
      "empty": "Det finns inga serviceställen i listan ännu.",
      "unknown": "Vi känner inte igen den här kommunen.",
      "noTimes": "Vi kan inte visa de lediga tiderna just nu. Försök igen om en stund.",
      "failed": "Vi kan inte visa serviceställena just nu.",
      "book": "Boka tid",
      "all": "Alla serviceställen"
    },
    "en": {
      "title": "Digital help: {place}",
      "looking": "Looking for free times …",
      "next": "Next free time:",
      "dropIn": "Without booking:",
      "phone": "By phone, next free time:",
      "none": "No free times right now.",
      "empty": "There are no places on this list yet.",
      "unknown": "We do not know this municipality.",
      "noTimes": "We cannot show the free times right now. Try again in a moment.",
      "failed": "We cannot show the places right now.",
      "book": "Book a time",
      "all": "All places"
    }
  };
  const LOCALES = { fi: "fi-FI", sv: "sv-FI", en: "en-GB" };

  // The colours and spaces of style.css, which cannot be read from here.
  // A constructed sheet needs no leave of the other site's policy, as an element or attribute of style would.
  const STYLE = `
    :host { display: block; color: hsl(0 0% 13%); background: hsl(0 0% 100%); line-height: 1.5; overflow-wrap: anywhere; }
    :host([hidden]) { display: none; }
    h2 { font-size: 1.4em; line-height: 1.2; margin: 0 0 .5em; }
    h3 { font-size: 1.15em; margin: 0; }
    li { border: 1px solid hsl(202 7% 80%); border-radius: 8px; padding: 15px; margin: 0 0 15px; }
    ul { list-style: none; margin: 0; padding: 0; }
    p { margin: .5em 0; }
    a { color: hsl(212 63% 37%); display: inline-block; min-height: 44px; line-height: 44px; }
    h3 a { line-height: 1.4; min-height: 0; padding: .7em 0; }
    a:focus-visible { outline: 4px solid hsl(196 77% 44%); outline-offset: 2px; }
    .book { background: hsl(214 100% 24%); color: hsl(0 0% 100%); font-weight: 600; border-radius: 8px; padding: 0 25px;
      text-decoration: none; border: 2px solid hsl(214 100% 24%); margin-inline-end: 15px; }
  `;

  const element = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  const get = async (service, path, query, signal) => {
    const answer = await fetch(`${home}/api/${service}/v1/${path}?${new URLSearchParams(query)}`, {
      signal, credentials: "omit", referrerPolicy: "no-referrer", headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  };

  // A text of the registry in the reader's language, else in the first that it has.
  const best = (text, lang) => [lang, "fi", "sv", "en"].find((each) => text[each]);
  const dialled = (number) => number.replace(/[^+\d]/g, "");

  // The clock of the place and not of the reader: a time is read as it is written.
  const clock = (time, lang) =>
    lang === "en" ? time.slice(11, 16) : time.slice(11, 16).replace(/^0/, "").replace(":", ".");
  const day = (time, lang) =>
    new Intl.DateTimeFormat(LOCALES[lang], { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(
      new Date(`${time.slice(0, 10)}T00:00Z`),
    );
  const when = (slot, lang, withEnd) =>
    `${day(slot.start, lang)} ${{ fi: "klo", sv: "kl.", en: "at" }[lang]} ${clock(slot.start, lang)}` +
    (withEnd ? `–${clock(slot.end, lang)}` : "");

  // They come in order of code, so the one after the code before is it, or there is none.
  const municipalityOf = async (code, signal) => {
    const query = { after: String(code - 1).padStart(3, "0"), limit: 1 };
    const [found] = (await get("providers", "municipalities", query, signal)).items;
    return found?.code === code ? found : null;
  };

  const byPlace = (found) => new Map(found.items.map((each) => [each.service_point_id, each.slot]));

  const timesOf = async (municipality, signal) => {
    const area = { municipality };
    try {
      const [next, dropIn, phone] = await Promise.all([
        get("booking", "places", { ...area, drop_in: false, limit: 500 }, signal),
        get("booking", "places", { ...area, drop_in: true, limit: 500 }, signal),
        get("booking", "slots", { ...area, channel: "phone", limit: 1 }, signal),
      ]);
      return { next: byPlace(next), dropIn: byPlace(dropIn), phone: phone.items[0] };
    } catch (error) {
      if (signal.aborted) throw error;
      return null;
    }
  };

  class VuoroTimes extends HTMLElement {
    static observedAttributes = ["municipality", "lang"];

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      if ("adoptedStyleSheets" in root) {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
        root.adoptedStyleSheets = [sheet];
      }
    }

    connectedCallback() { this.show(); }
    disconnectedCallback() { this.asking?.abort(); }
    attributeChangedCallback() { if (this.isConnected) this.show(); }

    get language() {
      const said = this.getAttribute("lang") || this.closest("[lang]")?.lang || "fi";
      return TEXTS[said.slice(0, 2).toLowerCase()] ? said.slice(0, 2).toLowerCase() : "fi";
    }

    async show() {
      this.asking?.abort();
      const { signal } = (this.asking = new AbortController());
      const lang = this.language, texts = TEXTS[lang], code = this.getAttribute("municipality") || "";
      const link = (path, text, more = {}) =>
        element("a", { href: `${home}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`, ...more }, text);
      const draw = (...parts) => this.shadowRoot.replaceChildren(element("section", { lang }, ...parts));
      const ways = (known) => element("p", {},
        link(known ? `/?municipality=${code}` : "/", texts.book, { class: "book" }),
        ...(known ? [link(`/points?municipality=${code}`, texts.all)] : []));
      const say = (text, known) => draw(element("p", { role: "status" }, text), ways(known));

      const known = /^\d{3}$/.test(code);
      if (!known) return say(texts.unknown, false);
      say(texts.looking, true);
      try {
        const [places, municipality, times] = await Promise.all([
          get("providers", "service-points", { municipality: code, limit: 500 }, signal),
          municipalityOf(code, signal),
          timesOf(code, signal),
        ]);
        if (!municipality) return say(texts.unknown, false);
        const name = municipality.name[best(municipality.name, lang)];
        draw(
          element("h2", {}, texts.title.replace("{place}", () => name)),
          ...(times ? [] : [element("p", { role: "status" }, texts.noTimes)]),
          places.items.length ? this.list(places.items, times, lang, link) : element("p", {}, texts.empty),
          ...(times?.phone ? [element("p", {}, `${texts.phone} `, element("strong", {}, when(times.phone, lang)))] : []),
          ways(true),
        );
      } catch {
        if (!signal.aborted) say(texts.failed, true);
      }
    }

    list(points, times, lang, link) {
      const texts = TEXTS[lang];
      const soonest = ({ id }) => Math.min(
        ...[times?.next.get(id), times?.dropIn.get(id)].map((slot) => (slot ? Date.parse(slot.start) : Infinity)));
      const name = (point) => point.name[best(point.name, lang)];
      const order = (one, other) => soonest(one) - soonest(other) || name(one).localeCompare(name(other), lang);
      return element("ul", { role: "list" }, ...[...points].sort(order).slice(0, PLACES_SHOWN).map((point) => {
        const next = times?.next.get(point.id), dropIn = times?.dropIn.get(point.id);
        const spoken = best(point.name, lang);
        const address = (lang === "sv" && point.address_sv) || point.address;
        const line = (label, slot, withEnd) =>
          slot ? [element("p", {}, `${label} `, element("strong", {}, when(slot, lang, withEnd)))] : [];
        return element("li", {},
          element("h3", { lang: spoken !== lang && spoken }, link(`/points/${point.id}`, name(point))),
          element("p", {}, address,
            ...(point.phone ? [element("br", {}), element("a", { href: `tel:${dialled(point.phone)}` }, point.phone)] : [])),
          ...line(texts.next, next), ...line(texts.dropIn, dropIn, true),
          ...(times && !next && !dropIn ? [element("p", {}, texts.none)] : []));
      }));
    }
  }

  if (!customElements.get("vuoro-times")) customElements.define("vuoro-times", VuoroTimes);
})();
