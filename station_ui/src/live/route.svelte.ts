/** Which page is open: the address behind `#`, so that it outlives a reload. */

const PAGES = [
  "run", "trays", "lots", "alarms", "more", "reports", "settings", "maintenance", "calibrate",
] as const;
export type Page = (typeof PAGES)[number];

class Route {
  page = $state<Page>("run");
  /** What of the page is meant: a tray, a lot. */
  subject = $state<string | null>(null);

  constructor() {
    this.#read();
    addEventListener("hashchange", () => this.#read());
  }

  #read(): void {
    const [name = "", ...subject] = location.hash.slice(1).split("/");
    this.page = PAGES.find((page) => page === name) ?? "run";
    this.subject = subject.length ? subject.map(decodeURIComponent).join("/") : null;
  }
}

export const route = new Route();

export function go(page: Page, subject?: string | number): void {
  location.hash = subject === undefined ? page : `${page}/${String(subject).split("/").map(encodeURIComponent).join("/")}`;
}
