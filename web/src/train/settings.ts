// The fields for seed, learning rate, momentum and batch size, and for the test image's number: what is typed there
// becomes state when it is a number that can be; else it is said what could be.
import { element, input, setText } from "../dom";
import { parseNumber, RANGES, SETTINGS, type NumberName, type State, type Store } from "../state";
import { words } from "../words";
import { DATA } from "./mnist";
import { trainWords } from "./words";

/** Ties a text field to a number of the state. `commit` is called with each good value; `shown` gives the current one. */
function tie(name: NumberName, errorId: string, store: Store, shown: () => number | null, commit: (value: number) => void): () => void {
  const field = input(name);
  const error = element(errorId);
  const check = (): number | null => {
    const value = parseNumber(name, field.value);
    field.setAttribute("aria-invalid", String(value === null));
    const { least, most, whole } = RANGES[name];
    setText(error, value === null ? words(store.state.lang).range(name, least, most, whole) : "");
    return value;
  };
  field.addEventListener("change", () => {
    const value = check();
    if (value !== null) commit(value);
  });
  field.addEventListener("input", () => {
    if (field.getAttribute("aria-invalid") === "true") check();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") field.dispatchEvent(new Event("change"));
  });
  // A wrong text and its message stay until the state gets another value.
  let last: number | null = null;
  return () => {
    const value = shown();
    if (field.getAttribute("aria-invalid") === "true" && value === last) return void check();
    last = value;
    if (value === null) return;
    field.value = String(value);
    if (field.hasAttribute("aria-invalid")) check();
  };
}

// Data set, bending, and how the curves are shown.
function choose(store: Store): () => void {
  const [data, norms] = [element<HTMLSelectElement>("data"), element<HTMLSelectElement>("norms")];
  const [augment, scale] = [input("augment"), input("scale")];
  element("data-choice").hidden = DATA.length < 2;
  data.addEventListener("change", () => store.set({ data: data.value as State["data"] }, { entry: true }));
  norms.addEventListener("change", () => store.set({ norms: norms.value as State["norms"] }, { entry: true }));
  augment.addEventListener("change", () => store.set({ augment: augment.checked ? "on" : "off" }, { entry: true }));
  scale.addEventListener("change", () => store.set({ scale: scale.checked ? "log" : "linear" }, { entry: true }));
  return () => {
    const { state } = store;
    [data.value, norms.value, augment.checked, scale.checked] = [state.data, state.norms, state.augment === "on", state.scale === "log"];
    trainWords(state.lang).options.norms.forEach((words, i) => setText(norms.options[i]!, words));
  };
}

export function startSettings(store: Store): void {
  element("settings").addEventListener("submit", (event) => event.preventDefault());
  const show = SETTINGS.map((name) =>
    tie(name, "settings-error", store, () => store.state[name], (value) => store.set({ [name]: value }, { entry: true })),
  );
  const showImage = tie(
    "image",
    "image-error",
    store,
    () => (store.state.image === "drawing" ? null : store.state.image),
    (value) => store.set({ image: value }, { entry: true }),
  );
  const showChoices = choose(store);
  const choices = document.querySelectorAll<HTMLInputElement>('input[name="image"]');
  for (const choice of choices) {
    choice.addEventListener("change", () => {
      store.set({ image: choice.value === "drawing" ? "drawing" : (parseNumber("image", input("image").value) ?? 0) }, { entry: true });
    });
  }
  const update = (): void => {
    for (const field of [...show, showImage, showChoices]) field();
    for (const choice of choices) choice.checked = (choice.value === "drawing") === (store.state.image === "drawing");
  };
  store.onChange(update);
  update();
}
