// The C++ program in WebAssembly (web/wasm/api.hpp), called by name. Used by the page and by the training worker alike.
import { assets } from "virtual:page";

type Argument = number | string | Uint8Array | null;

interface Module {
  HEAPU8: Uint8Array;
  [name: `_${string}`]: (...args: number[]) => number;
}
type CreateModule = (options: { locateFile(name: string): string; mainScriptUrlOrBlob: string }) => Promise<Module>;

/** Why a page runs without threads: words.ts says it. */
export type OneThread = "not-built" | "not-isolated" | "not-shared" | "one-core" | null;

function whyOneThread(): OneThread {
  if (!assets.wasm.threads) return "not-built";
  if (!globalThis.crossOriginIsolated) return "not-isolated";
  if (typeof SharedArrayBuffer === "undefined") return "not-shared";
  return navigator.hardwareConcurrency < 2 ? "one-core" : null;
}

export const oneThread = whyOneThread();

/** The address of the build that this browser can run, or null when the page was built without WebAssembly. */
export function programUrl(base: string): string | null {
  const threads = oneThread === null || oneThread === "one-core" ? assets.wasm.threads : undefined;
  const file = threads ?? assets.wasm.single ?? null;
  return file && new URL(file, base).href;
}

/** Says what a caller did wrong, in the program's own words. */
export class ProgramError extends Error {}

export class Program {
  readonly #module: Module;

  private constructor(module: Module) {
    this.#module = module;
  }

  /** Loads the program. `loadScript` runs a classic script, which differs between page and worker. */
  static async load(url: string, loadScript: (url: string) => Promise<void> | void): Promise<Program> {
    await loadScript(url);
    const create = (globalThis as { createCnnLab?: CreateModule }).createCnnLab;
    if (!create) throw new Error(`${url} defines no createCnnLab`);
    return new Program(await create({ locateFile: (name) => new URL(name, url).href, mainScriptUrlOrBlob: url }));
  }

  /** Calls a function; strings and bytes are copied into the program's memory for the time of the call. */
  call(name: string, ...args: Argument[]): number {
    const borrowed: number[] = [];
    const pass = (value: Argument): number => {
      if (typeof value === "number") return value;
      if (value === null) return 0;
      const bytes = typeof value === "string" ? new TextEncoder().encode(value + "\0") : value;
      const place = this.#module._cnnlab_alloc!(bytes.length);
      if (place === 0) throw new ProgramError(`no memory for ${bytes.length} bytes`);
      borrowed.push(place);
      this.#module.HEAPU8.set(bytes, place);
      return place;
    };
    try {
      return this.#module[`_${name}`]!(...args.map(pass));
    } finally {
      for (const place of borrowed) this.#module._cnnlab_free!(place);
    }
  }

  /** Calls a function that returns a text. */
  text(name: string, ...args: Argument[]): string {
    const start = this.call(name, ...args);
    const memory = this.#module.HEAPU8;
    return new TextDecoder().decode(memory.slice(start, memory.indexOf(0, start))); // a copy: shared memory cannot be decoded
  }

  json<T>(name: string, ...args: Argument[]): T {
    return JSON.parse(this.text(name, ...args)) as T;
  }

  /** Calls a function that returns "" or an error. Throws ProgramError. */
  run(name: string, ...args: Argument[]): void {
    const problem = this.text(name, ...args);
    if (problem) throw new ProgramError(problem);
  }

  /** Calls a function that returns the place of so many bytes, or null. Returns a copy. */
  peek(name: string, size: number): Uint8Array<ArrayBuffer> | null {
    const start = this.call(name);
    return start === 0 ? null : new Uint8Array(this.#module.HEAPU8.subarray(start, start + size));
  }

  /** Calls a function that writes a size and returns the place of as many bytes. Returns a copy. */
  bytes(name: string): Uint8Array<ArrayBuffer> {
    const size = this.#module._cnnlab_alloc!(4);
    try {
      const start = this.call(name, size);
      const memory = this.#module.HEAPU8;
      const length = new DataView(memory.buffer).getUint32(size, true);
      return new Uint8Array(memory.subarray(start, start + length));
    } finally {
      this.#module._cnnlab_free!(size);
    }
  }
}
