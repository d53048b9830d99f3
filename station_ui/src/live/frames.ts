/** Server-sent events, read from a fetch: unlike EventSource it says why it was refused. */

export interface Frame {
  id: string | null;
  type: string;
  data: string;
}

/** The frames of a stream until it ends; comments and `retry` are left out. */
export async function* framesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const frame = frameOf(block);
        if (frame) yield frame;
      }
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

function frameOf(block: string): Frame | null {
  const frame: Frame = { id: null, type: "message", data: "" };
  let any = false;
  for (const line of block.split("\n")) {
    const at = line.indexOf(": ");
    const [name, value] = at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 2)];
    if (name === "id") frame.id = value;
    else if (name === "event") frame.type = value;
    else if (name === "data") [frame.data, any] = [frame.data + value, true];
  }
  return any ? frame : null;
}
