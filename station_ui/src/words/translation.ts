/** The machine's sentences in another language, by patterns: it answers in English, one or several at a time. */

interface Pair {
  en: string;
  zh: string;
}

interface Rule {
  pattern: RegExp;
  zh: string;
}

/** Between reasons that stand in one sentence. */
const BETWEEN = "; ";

export class Translation {
  readonly #rules: Rule[];
  /** The machine says few sentences, again and again. */
  readonly #known = new Map<string, string>();

  constructor(pairs: { words: Record<string, string>; sentences: Pair[] }) {
    this.#words = pairs.words;
    this.#rules = pairs.sentences.map(({ en, zh }) => ({ pattern: patternOf(en), zh }));
  }

  readonly #words: Record<string, string>;

  of(sentence: string): string {
    let known = this.#known.get(sentence);
    if (known === undefined) {
      known = this.#all(sentence) ?? sentence;
      if (this.#known.size > 500) this.#known.clear();
      this.#known.set(sentence, known);
    }
    return known;
  }

  /** Sentence by sentence; null where one of them is not known. */
  #all(text: string): string | null {
    if (text === "") return "";
    for (const { pattern, zh } of this.#rules) {
      const found = pattern.exec(text);
      if (!found) continue;
      const rest = this.#all(text.slice(found[0].length).trimStart());
      if (rest === null) continue;
      const said = zh.replace(/\{(\w+)\}/g, (_, name: string) => {
        const value = found.groups?.[name] ?? "";
        return this.#words[value] ?? this.#reasons(value);
      });
      return said + rest;
    }
    return null;
  }

  /** Reasons within a sentence, each a sentence itself; a name, or what somebody typed, stays as it is. */
  #reasons(value: string): string {
    const whole = this.#all(value);
    if (whole !== null) return whole;
    return value.split(BETWEEN).map((one) => this.#all(one) ?? one).join("；");
  }
}

/** The machine's sentences end with a full stop, and several may follow each other; the desk's are one, to the end. */
function patternOf(sentence: string): RegExp {
  const escaped = sentence.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  const [value, end] = sentence.endsWith(".") ? ["[^.]+?(?:\\.\\d+)?", ""] : [".+?", "$"];
  return new RegExp("^" + escaped.replace(/\{(\w+)\}/g, `(?<$1>${value})`) + end);
}
