// "Put the lines in order": one list, in which a bar parts the program from the lines that are not needed. A line is moved by its
// buttons, by the arrow keys on its handle, or by dragging that.
import { startDragging } from "./drag";
import { Shared } from "./shared";
import { copyOf, showVerdict } from "./verdict";
import type { ExerciseWords } from "./words";

const BAR = -1; // in an order, among the numbers of lines

interface Ordered {
  order: number[]; // lines as numbered in the document, and BAR
  checked: number[] | null;
}

interface Line {
  item: HTMLElement;
  place: number; // in the right program; -1: in none
  code: string;
  why: Element;
}

type Fault = { at: number; line: Line } | "missing" | null;

/** The first line that is not the right one, if there is one. */
export function firstFault(program: Line[], all: Line[]): Fault {
  const at = program.findIndex(({ place }, index) => place !== index);
  if (at >= 0) return { at, line: program[at]! };
  return program.length < all.filter(({ place }) => place >= 0).length ? "missing" : null;
}

class Order {
  readonly #form: HTMLFormElement;
  readonly #say: ExerciseWords;
  readonly #list: HTMLElement;
  readonly #bar = document.createElement("li");
  readonly #lines: Line[];
  readonly #ordered: Shared<Ordered>;

  constructor(form: HTMLFormElement, say: ExerciseWords) {
    [this.#form, this.#say] = [form, say];
    this.#list = form.querySelector<HTMLElement>(".lines")!;
    this.#lines = [...this.#list.querySelectorAll("li")].map((item) => this.#equip(item));
    this.#bar.className = "bar";
    this.#bar.textContent = say.unused;
    this.#ordered = Shared.of<Ordered>(form.dataset["exercise"]!, { order: [...this.#lines.keys(), BAR], checked: null });
    form.addEventListener("submit", () => this.#ordered.set({ ...this.#ordered.value, checked: this.#ordered.value.order }));
    this.#ordered.follow(() => this.#show());
  }

  #equip(item: HTMLElement): Line {
    const line = { item, place: Number(item.dataset["place"]), code: item.querySelector(".code")!.textContent.trim(), why: item.querySelector(".why")! };
    const button = (kind: "drag" | "up" | "down", sign: string): HTMLButtonElement => {
      const made = document.createElement("button");
      Object.assign(made, { type: "button", className: kind, textContent: sign });
      made.setAttribute("aria-label", this.#say[kind](line.code));
      return made;
    };
    const [drag, up, down] = [button("drag", "⠿"), button("up", "↑"), button("down", "↓")];
    up.addEventListener("click", () => this.#move(line, -1, up));
    down.addEventListener("click", () => this.#move(line, 1, down));
    drag.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      this.#move(line, by, drag);
    });
    startDragging(drag, item, () => this.#dropped(line));
    item.prepend(drag);
    item.append(up, down);
    return line;
  }

  #move(line: Line, by: number, pressed: HTMLElement): void {
    const order = [...this.#ordered.value.order];
    const from = order.indexOf(this.#lines.indexOf(line));
    const to = from + by;
    if (to < 0 || to >= order.length) return;
    [order[from], order[to]] = [order[to]!, order[from]!];
    this.#ordered.set({ ...this.#ordered.value, order });
    pressed.focus(); // which moving it in the document takes away
    this.#tell(line);
  }

  // By dragging, the list has the new order already.
  #dropped(line: Line): void {
    const order = [...this.#list.children].map((child) => (child === this.#bar ? BAR : this.#lines.findIndex(({ item }) => item === child)));
    this.#ordered.set({ ...this.#ordered.value, order });
    this.#tell(line);
  }

  get #program(): Line[] {
    const { order } = this.#ordered.value;
    return order.slice(0, order.indexOf(BAR)).map((index) => this.#lines[index]!);
  }

  #tell(line: Line): void {
    const at = this.#program.indexOf(line);
    this.#form.querySelector(".verdict")!.textContent = this.#say.place(line.code, at < 0 ? null : at + 1, this.#program.length);
  }

  #show(): void {
    const { order, checked } = this.#ordered.value;
    const wanted = order.map((index) => (index === BAR ? this.#bar : this.#lines[index]!.item));
    if (wanted.some((item, index) => this.#list.children[index] !== item)) this.#list.replaceChildren(...wanted);
    for (const { item } of this.#lines) delete item.dataset["state"];
    delete this.#form.dataset["state"];
    this.#form.querySelector(".verdict")!.replaceChildren();
    if (checked === order) this.#judge();
  }

  #judge(): void {
    const fault = firstFault(this.#program, this.#lines);
    const say = this.#say;
    const hint = this.#form.querySelector(".hint")!;
    if (fault === null) return showVerdict(this.#form, "right", say.right, ...copyOf(this.#form.querySelector("[data-right] > p")!));
    if (fault === "missing") return showVerdict(this.#form, "wrong", say.wrong, say.missing(this.#program.length), " ", ...copyOf(hint));
    const { at, line } = fault;
    line.item.dataset["state"] = "wrong";
    const why = line.why.textContent === "" ? [say.tooEarly, " ", ...copyOf(hint)] : copyOf(line.why);
    const code = document.createElement("code");
    code.textContent = line.code;
    showVerdict(this.#form, "wrong", say.wrong, say.wrongLine(at + 1), " ", code, document.createElement("br"), ...why);
  }
}

export function startOrder(form: HTMLFormElement, say: ExerciseWords): void {
  new Order(form, say);
}
