/** What somebody has typed and not sent yet: it outlives a change of page, a reload and a lost station. */

const PREFIX = "draft.";
const open: Record<string, { value: Record<string, string> }> = {};

export function draft<T extends Record<string, string>>(name: string, blank: T): { value: T } {
  const kept = sessionStorage.getItem(PREFIX + name);
  const state = $state({ value: kept ? { ...blank, ...(JSON.parse(kept) as T) } : blank });
  open[name] = state;
  $effect(() => {
    if (open[name] === state) sessionStorage.setItem(PREFIX + name, JSON.stringify(state.value));
  });
  return state;
}

/** It was sent. */
export function forget(name: string): void {
  delete open[name];
  sessionStorage.removeItem(PREFIX + name);
}
