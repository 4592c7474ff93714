// Questions to the server, and what the page says when one fails.
import { byId } from "./dom.js";

let token = sessionStorage.getItem("token");
let asking = null; // one dialog for all questions that wait for a token

function askToken() {
  const dialog = byId("token-dialog");
  asking ??= new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      token = byId("token").value;
      sessionStorage.setItem("token", token);
      asking = null;
      resolve();
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}

async function send(url, how) {
  const headers = { ...how.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  try {
    return await fetch(url, { ...how, headers });
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Error("The server does not answer.");
  }
}

async function request(url, how) {
  let response = await send(url, how);
  while (response.status === 401) {
    await askToken();
    response = await send(url, how);
  }
  const answer = await response.json().catch((fault) => {
    if (fault.name === "AbortError") throw fault;
    return null;
  });
  if (response.ok && answer) return answer;
  throw new Error(answer?.error?.message ?? `The server answered with ${response.status}.`);
}

const path = (model, what) => "/v1/models" + (model ? `/${encodeURIComponent(model)}` : "") + (what ? `/${what}` : "");

export function get(model, what, query = {}, signal = undefined) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(given).toString();
  return request(path(model, what) + (text ? `?${text}` : ""), { signal });
}

export function post(model, what, body, signal = undefined) {
  const headers = { "Content-Type": "application/json" };
  return request(path(model, what), { method: "POST", headers, body: JSON.stringify(body), signal });
}

export function tellFault(fault) {
  if (fault.name === "AbortError") return;
  byId("fault").textContent = fault.message;
}

export const clearFault = () => (byId("fault").textContent = "");

// Of several questions of one kind only the last one counts: turn() aborts the one before.
export function turns() {
  let current = new AbortController();
  return () => {
    current.abort();
    current = new AbortController();
    return current.signal;
  };
}
