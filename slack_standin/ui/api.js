// Talking to the stand-in: JSON over HTTP, one WebSocket for what happens. Every POST says who the member is.

export class Refused extends Error {}

let member = null;

export const actAs = (id) => {
  member = id;
};

async function answer(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    throw new Refused(`The stand-in answered ${response.status} without JSON.`);
  }
  if (!response.ok || body.ok === false) throw new Refused(body.error || `The stand-in answered ${response.status}.`);
  return body;
}

async function reach(path, init) {
  try {
    return await fetch(`/ui/api/${path}`, init);
  } catch {
    throw new Refused("The stand-in cannot be reached. Is it still running?");
  }
}

/** GET /ui/api/<path> for the current member → the JSON answer; Refused with a sentence for people. */
export async function get(path, params = {}) {
  const query = new URLSearchParams({ ...(member ? { member } : {}), ...params });
  return answer(await reach(`${path}?${query}`, {}));
}

/** POST /ui/api/<path> for the current member → the JSON answer; Refused with a sentence for people. */
export async function post(path, body = {}) {
  const init = { method: "POST", headers: { "content-type": "application/json" } };
  return answer(await reach(path, { ...init, body: JSON.stringify({ member, ...body }) }));
}

const LONGEST_WAIT = 5000;

/**
 * Listens for the current member until the returned function is called. `onEvent(event)` gets every push,
 * `onConnection(true|false, again)` says whether we are connected and whether it is a reconnection.
 */
export function listen(onEvent, onConnection) {
  let socket = null;
  let stopped = false;
  let wait = 300;
  let seen = false;
  const open = () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/ui/ws?member=${encodeURIComponent(member)}`);
    socket.onopen = () => {
      wait = 300;
      onConnection(true, seen);
      seen = true;
    };
    socket.onmessage = (frame) => onEvent(JSON.parse(frame.data));
    socket.onclose = () => {
      if (stopped) return;
      onConnection(false, seen);
      setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    };
  };
  open();
  return () => {
    stopped = true;
    socket?.close();
  };
}
