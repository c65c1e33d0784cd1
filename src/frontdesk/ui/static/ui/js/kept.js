// The browser's storage. Where it is forbidden or full, what is kept lasts as long as the page.
const memory = new Map();

export const get = (name) => memory.get(name) ?? attempt(() => localStorage.getItem(name)) ?? null;

export function set(name, value) {
  memory.delete(name);
  if (attempt(() => localStorage.setItem(name, value) ?? true) !== true) memory.set(name, value);
}

export function remove(name) {
  memory.delete(name);
  attempt(() => localStorage.removeItem(name));
}

export function names(prefix) {
  const stored = attempt(() => Object.keys(localStorage)) ?? [];
  return [...new Set([...stored, ...memory.keys()])].filter((name) => name.startsWith(prefix)).sort();
}

// Whether what is kept outlives the page.
export function lasts() {
  const probe = "probe";
  return (
    attempt(() => {
      localStorage.setItem(probe, "1");
      const found = localStorage.getItem(probe);
      localStorage.removeItem(probe);
      return found === "1";
    }) === true
  );
}

function attempt(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}
