// Talks to the service. Faults become ServiceError with the service's error_type.
export class ServiceError extends Error {
  constructor(message, type, status = 0, requestId = "") {
    super(message);
    this.type = type;
    this.status = status;
    this.requestId = requestId;
  }
}

export const getKey = () => sessionStorage.getItem("key") ?? "";
export const setKey = (key) => (key ? sessionStorage.setItem("key", key) : sessionStorage.removeItem("key"));

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export async function call(path, { body, type = "application/json", method, tries = 6, signal } = {}) {
  const headers = {};
  if (getKey()) headers.Authorization = `Bearer ${getKey()}`;
  if (body !== undefined) headers["Content-Type"] = type;
  for (let attempt = 1; ; attempt += 1) {
    let response;
    try {
      response = await fetch(path, { method: method ?? (body === undefined ? "GET" : "POST"), headers, body, signal });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new ServiceError(String(error.message), "network");
    }
    if (response.ok) return response;
    if (response.status === 429 && attempt < tries) {
      await sleep(Math.min(Number(response.headers.get("Retry-After")) || 1, 10) * 1000);
      continue;
    }
    let fault = {};
    try {
      fault = await response.json();
    } catch {
      // a proxy answered in the service's place
    }
    throw new ServiceError(fault.error ?? `HTTP ${response.status}`, fault.error_type ?? "http", response.status, fault.request_id ?? "");
  }
}

export const post = async (path, value, options = {}) => (await call(path, { body: JSON.stringify(value), ...options })).json();
