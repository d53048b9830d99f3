/** The live pictures: one message a frame, acknowledged when it is drawn, so that only the latest is ever on its way. */

import type { Schemas } from "../api/ask";
import { station } from "./station.svelte";

type Header = Schemas["PictureHeader"];
export type SeenFruit = Header["fruit"][number];

export interface Picture {
  header: Header;
  bitmap: ImageBitmap;
  /** When it came (`performance.now()`); its age then is in the header. */
  came_ms: number;
}

const AGAIN_MS = 1000;
const LENGTH_BYTES = 4;

class Pictures {
  latest = $state.raw<Picture | null>(null);
  open = $state(false);
  #socket: WebSocket | null = null;
  #watching = false;

  /** Look until the returned function is called. */
  watch(): () => void {
    this.#watching = true;
    this.#connect();
    return () => {
      this.#watching = false;
      const last = this.#socket;
      this.#socket = null;
      last?.close();
      this.open = false;
      this.latest?.bitmap.close();
      this.latest = null;
    };
  }

  /** How old the picture is now. */
  age_ms(picture: Picture): number {
    return picture.header.age_ms + Math.max(0, station.now_ms - picture.came_ms);
  }

  #connect(): void {
    if (!this.#watching || this.#socket) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/v1/pictures`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => (this.open = true);
    socket.onmessage = (message) => void this.#take(socket, message.data as ArrayBuffer);
    socket.onclose = () => {
      // One that was let go closes late, when another may be open already.
      if (socket !== this.#socket) return;
      this.#socket = null;
      this.open = false;
      setTimeout(() => this.#connect(), AGAIN_MS);
    };
    this.#socket = socket;
  }

  async #take(socket: WebSocket, data: ArrayBuffer): Promise<void> {
    const came_ms = performance.now();
    const length = new DataView(data).getUint32(0);
    const text = new TextDecoder().decode(new Uint8Array(data, LENGTH_BYTES, length));
    const header = JSON.parse(text) as Header;
    const bitmap = await createImageBitmap(new Blob([new Uint8Array(data, LENGTH_BYTES + length)]));
    if (!this.#watching || socket !== this.#socket) return bitmap.close();
    const before = this.latest;
    this.latest = { header, bitmap, came_ms };
    // Whoever froze the old one has drawn it already.
    before?.bitmap.close();
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ ack: header.sequence }));
  }
}

export const pictures = new Pictures();
