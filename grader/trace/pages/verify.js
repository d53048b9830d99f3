// The page checks itself: that each entry is in the log, that the log's head is signed by whom the trust file names, and
// that what stands on the page is what the entries say. The same steps as `grader trace verify` (docs/evidence.md).
(() => {
  const utf8 = (text) => new TextEncoder().encode(text);
  const base64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  const same = (a, b) => a.length === b.length && a.every((byte, place) => byte === b[place]);
  const sha256 = async (...parts) => {
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((place, part) => (bytes.set(part, place), place + part.length), 0);
    return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  };
  const hmac = async (salt, text) => {
    const key = await crypto.subtle.importKey("raw", salt, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(text))));
  };
  class Altered extends Error {}
  class Unproved extends Error {}

  // RFC 8785: the only spelling of an event. JSON.stringify writes numbers and texts as it asks.
  const canonical = (value) => {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  };

  // RFC 9162, 2.1.3.2. Every hash has 32 bytes, or bytes could be moved from one to its neighbour.
  const included = async (event, index, size, path, root) => {
    if (!(index >= 0 && index < size) || root.length !== 32 || path.some((node) => node.length !== 32)) return false;
    let place = index, last = size - 1, node = await sha256(Uint8Array.of(0), utf8(event));
    for (const sibling of path) {
      if (last === 0) return false;
      if (place % 2 || place === last) {
        node = await sha256(Uint8Array.of(1), sibling, node);
        while (place && place % 2 === 0) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
      } else node = await sha256(Uint8Array.of(1), node, sibling);
      [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
    }
    return last === 0 && same(node, root);
  };

  const signed = async (raw, signature, message) => {
    let key;
    try {
      key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
    } catch (error) {
      return ed25519(raw, signature, message);
    }
    return crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
  };

  // A key's line: name+id+base64(kind, key). The id is the beginning of a hash of all of it.
  const keyOf = async (line) => {
    const [name, , material] = line.split(/\+([0-9a-f]{8})\+/), bytes = base64(material);
    const id = (await sha256(utf8(`${name}\n`), bytes)).slice(0, 4);
    return { name, id, raw: bytes.slice(1) };
  };

  // c2sp.org/signed-note and tlog-checkpoint: { size, root } of a head, once it is known who signed it.
  const headOf = async (note, trust) => {
    const end = note.lastIndexOf("\n\n"), text = note.slice(0, end + 1);
    const [origin, size, root] = text.split("\n");
    const lines = note.slice(end + 2).split("\n").filter(Boolean).map((line) => {
      const [name, data] = line.replace(/^— /, "").split(" "), bytes = base64(data);
      return { name, id: bytes.slice(0, 4), data: bytes.slice(4) };
    });
    const by = (key) => lines.filter((line) => line.name === key.name && same(line.id, key.id));
    const log = trust.logs.find((one) => one.origin === origin);
    if (!log) throw new Unproved(`不认识的日志 unknown log ${origin}`);
    const changed = (name) => new Altered(`${name} 的签名不符 the signature of ${name} does not hold`);
    let vouched = false;
    for (const known of log.keys) {
      const key = await keyOf(known.key);
      const worthless = known.standing === "revoked" || (known.until_size !== undefined && Number(size) > known.until_size);
      for (const line of worthless ? [] : by(key)) {
        if (!(await signed(key.raw, line.data, utf8(text)))) throw changed(key.name);
        vouched = true;
      }
    }
    if (!vouched) throw new Unproved("没有可信密钥的签名 no trusted key of the log has signed");
    const witnesses = new Set();
    for (const witness of trust.witnesses) {
      const key = await keyOf(witness.key);
      for (const line of witness.standing === "revoked" ? [] : by(key)) {
        const seconds = Number(new DataView(line.data.buffer, line.data.byteOffset, 8).getBigUint64(0));
        const message = utf8(`cosignature/v1\ntime ${seconds}\n${text}`);
        if (!(await signed(key.raw, line.data.slice(8), message))) throw changed(key.name);
        if (witness.standing !== "retired" || seconds * 1000 <= Date.parse(witness.until)) witnesses.add(witness.holder);
      }
    }
    const head = { origin, size: Number(size), root: base64(root), holder: log.holder, witnesses: [...witnesses] };
    head.missing = Math.max(0, (log.witnesses_needed || 0) - witnesses.size);
    return head;
  };

  const dig = (event, path) => path.split("/").reduce((value, step) => (value === undefined ? value : value[step]), event);
  const wall = (ms, offset) => new Date(ms + offset * 60000).toISOString().slice(0, 16).replace("T", " ");
  const forms = {
    text: String,
    time: (value, offset) => wall(Date.parse(value), offset),
    ns: (value, offset) => wall(Number(BigInt(value) / 1000000000n) * 1000, offset),
    short: (value) => String(value).slice(0, 12),
    kind: (value) => ({ pesticide: "农药 pesticide", fertiliser: "肥料 fertiliser" })[value] || String(value),
    purpose: (value) => ({ retained: "留样 sample retained", residues: "送检 sample to a laboratory" })[value] || String(value),
    passed: (value) => ({ 1: "合格 passed", 0: "不合格 failed" })[value] || String(value),
    last: (value) => String(value).split("/").pop(),
  };

  const BANNERS = { sold: "放行销售", held: "暂停销售", recalled: "已召回,请勿食用", voided: "此标签已作废" };
  const MARKED = ["grade", "size", "variety", "count", "harvestedOn", "packedOn", "bestBefore"].map((name) => `trace:${name}`);
  const standing = (events) => {
    const is = (name, value) => events.filter((event) => event[name] === value).length;
    const withdrawn = events.some((event) => event.eventID === events[0].eventID
      && (event.errorDeclaration || {}).reason === "did_not_occur");
    if (is("disposition", "recalled")) return "recalled";
    if (withdrawn) return "voided";
    return is("disposition", "non_sellable_other") > is("bizStep", "inspecting") ? "held" : "sold";
  };

  const check = async () => {
    document.querySelectorAll(".altered,.proved").forEach((element) => element.classList.remove("altered", "proved"));
    if (!(window.crypto && crypto.subtle)) {
      throw new Unproved("此浏览器在此地址不能核验,请用 https 打开或下载 proof.txt Not checked here: this browser cannot "
        + "at this address; open it by https, or take proof.txt to another program");
    }
    const data = JSON.parse(document.getElementById("data").textContent), events = [];
    const heads = await Promise.all(data.notes.map((note) => headOf(note, data.trust)));
    for (const entry of data.entries) {
      const head = heads[entry.note], event = JSON.parse(entry.event);
      if (canonical(event) !== entry.event
        || !(await included(entry.event, entry.index, head.size, entry.path.map(base64), head.root))) {
        throw new Altered(`第 ${entry.index} 条不在日志里 entry ${entry.index} is not in the log as it stands here`);
      }
      events.push(event);
    }
    const rows = [];
    for (const one of data.disclosed) {
      const seal = hex(await sha256(utf8(canonical(one.commitments)))), shown = {};
      if (seal !== events[one.entry].seal) throw new Altered("检测或用药记录不符 a record is not the sealed one");
      for (const [column, told] of Object.entries(one.shown)) {
        if ((await hmac(unhex(told.salt), told.text)) !== one.commitments[column]) {
          throw new Altered("检测或用药记录不符 a record is not the sealed one");
        }
        shown[column] = /^-?\d+$/.test(told.text) ? told.text : JSON.parse(told.text);
      }
      rows.push(shown);
    }
    for (const one of data.named) {
      if ((await hmac(unhex(one.salt), one.text)) !== dig(events[one.entry], one.path)) {
        throw new Altered("种植者姓名不符 the grower's name is not the sealed one");
      }
    }
    const wrong = [];
    const compare = (element, found, wanted) => {
      if (found === wanted) return;
      element.classList.add("altered");
      wrong.push(`“${found}” ≠ “${wanted}”`);
    };
    document.querySelectorAll("[data-p],[data-n]").forEach((element) => {
      const { e, d, p, n, f, a } = element.dataset;
      const value = n !== undefined ? data.named[n].text : dig(e !== undefined ? events[e] : rows[d], p);
      compare(element, a ? element.getAttribute(a) : element.textContent, forms[f || "text"](value, data.offset));
    });
    const main = document.querySelector("main"), packed = events[0];
    const code = `${packed.ilmd["trace:batch"]}/${decodeURIComponent(forms.last(packed.outputEPCList[0]))}`;
    compare(document.querySelector(".code"), document.querySelector(".code").textContent, code);
    const stands = standing(events), banner = document.querySelector(".banner");
    compare(banner, main.dataset.standing, stands);
    compare(banner, banner.querySelector("b").textContent, BANNERS[stands]);
    const path = /\/T\/([^/]+)\/([^/]+)\/(index\.html)?$/.exec(decodeURIComponent(location.pathname));
    if (path) compare(document.querySelector(".code"), `${path[1]}/${path[2]}`, code);
    // What is not marked is not compared, so that the marks of what matters must be there.
    for (const path of MARKED) {
      if (!document.querySelector(`[data-e="0"][data-p="ilmd/${path}"][data-f]`)) wrong.push(`${path}: 缺 missing`);
    }
    if (wrong.length) throw new Altered(`本页与日志不符 the page is not what the log says: ${wrong.join("; ")}`);
    const missing = Math.max(...data.entries.map((entry) => heads[entry.note].missing));
    if (missing) {
      throw new Unproved(`经营者已签名,还缺 ${missing} 个见证 signed by the operator; ${missing} witness(es) still missing`);
    }
    document.querySelectorAll("[data-f],[data-n]").forEach((element) => element.classList.add("proved"));
    return heads[0];
  };

  const show = (verdict, style, zh, en, detail) => {
    const place = document.getElementById("verdict"), list = document.getElementById("problems");
    document.documentElement.dataset.verdict = verdict;
    place.className = style;
    place.replaceChildren(Object.assign(document.createElement("b"), { textContent: zh }), ` ${en}`);
    list.replaceChildren(...detail.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  };

  const run = async () => {
    document.documentElement.dataset.verdict = "checking";
    const began = performance.now();
    try {
      const head = await check(), took = Math.round(performance.now() - began);
      const by = [head.holder, ...head.witnesses.map((holder) => `${holder} (见证 witness)`)];
      show("proved", "good", "✔ 已证实", "Proved: this is what was logged and signed, and nobody changed it since.", [
        `签名 signed by: ${by.join(", ")}`, `日志 log ${head.origin}, ${head.size} 条 entries, ${took} ms`]);
    } catch (error) {
      if (error instanceof Unproved) show("not-proved", "warn", "? 未证实", "Not proved here.", [error.message]);
      else show("altered", "bad", "✖ 已被改动", "Altered: do not rely on this page.", [
        error instanceof Altered ? error.message : `无法读取 unreadable: ${error.message}`]);
    }
  };
  const button = document.getElementById("again");
  button.hidden = false;
  button.addEventListener("click", run);
  run();
})();
