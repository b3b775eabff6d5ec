/** The signed-in person's token. When it ends in the middle of something, requests wait until it is renewed. */

const KEY = "access-token";
type Listener = () => void;

let waiting: Promise<void> | null = null;
let finish: Listener | null = null;
const listeners = new Set<Listener>();

export const session = {
  token: (): string => localStorage.getItem(KEY) ?? "",
  /** Whether requests wait for somebody to sign in again. */
  isWaiting: (): boolean => waiting !== null,
  keep(token: string): void {
    localStorage.setItem(KEY, token);
    waiting = null;
    finish?.();
    finish = null;
    tell();
  },
  forget(): void {
    localStorage.removeItem(KEY);
    tell();
  },
  /** Asks for a new token and waits for it: nothing that was typed is lost. */
  renewed(): Promise<void> {
    waiting ??= new Promise((resolve) => {
      finish = resolve;
      queueMicrotask(tell);
    });
    return waiting;
  },
  subscribe(listener: Listener): Listener {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function tell(): void {
  for (const listener of listeners) listener();
}
