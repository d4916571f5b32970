// The network as a table: a row for each part that is shown, with buttons that open a module and choose a part. It says
// and does all that the drawing does.
import { element } from "../dom";
import { count, percent } from "../format";
import type { State } from "../state";
import { cutsOf, names, type Network, type Part } from "./network";
import type { LookWords } from "./words";

const table = element<HTMLTableElement>("layers");

export interface TableActions {
  open(id: string, open: boolean): void;
  choose(id: string): void;
}

type Cell = string | number | Node;

function row(cells: Cell[], header = false): HTMLTableRowElement {
  const made = document.createElement("tr");
  cells.forEach((content, index) => {
    const cell = document.createElement(header || index === 0 ? "th" : "td");
    if (header || index === 0) cell.scope = header ? "col" : "row";
    cell.append(typeof content === "object" ? content : String(content));
    made.append(cell);
  });
  return made;
}

/** Fills a table of numbers. */
export function fillTable(target: HTMLTableElement, head: string[], rows: Cell[][]): void {
  const [top, body] = [document.createElement("thead"), document.createElement("tbody")];
  top.append(row(head, true));
  body.append(...rows.map((cells) => row(cells)));
  target.replaceChildren(top, body);
}

function control(id: string, text: string, action: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.dataset["control"] = id;
  made.textContent = text;
  made.addEventListener("click", action);
  return made;
}

function nameCell(part: Part, state: State, say: LookWords, actions: TableActions): HTMLElement {
  const cell = document.createElement("div");
  cell.className = "layer";
  cell.style.setProperty("--depth", String(part.depth));
  if (part.holds > 0) {
    const open = names(state.open).includes(part.id);
    const toggle = control(`open ${part.id}`, open ? "▾" : "▸", () => actions.open(part.id, !open));
    toggle.setAttribute("aria-expanded", String(open));
    toggle.setAttribute("aria-label", say.toggle(part.id, open));
    toggle.className = "toggle";
    cell.append(toggle);
  }
  const choose = control(`choose ${part.id}`, part.name, () => actions.choose(part.id));
  choose.className = "choose";
  choose.title = part.id;
  choose.setAttribute("aria-pressed", String(part.id === state.layer));
  const op = document.createElement("small");
  op.textContent = part.op === part.name ? "" : part.op;
  choose.append(op);
  if (part.path in cutsOf(state) && part.can.length > 0) choose.classList.add("changed");
  cell.append(choose);
  return cell;
}

/** Shows a network as a state wants it; the focus stays where it was. */
export function showTable(network: Network, state: State, say: LookWords, actions: TableActions): void {
  const focused = (document.activeElement as HTMLElement | null)?.dataset["control"];
  const open = new Set(names(state.open));
  const shown = (part: Part): boolean => {
    const parent = network.parts[part.parent];
    return !parent || (open.has(parent.id) && shown(parent));
  };
  const share = (cost: number): string => percent(network.multiply_adds ? cost / network.multiply_adds : 0);
  const { layer, output, parameters, multiplyAdds, share: ofAll, total } = say.table;
  fillTable(
    table,
    [layer, output, parameters, multiplyAdds, ofAll],
    network.parts
      .filter(shown)
      .map((part) => [nameCell(part, state, say, actions), part.output.slice(1).join("×"), count(part.parameters), count(part.multiply_adds), share(part.multiply_adds)]),
  );
  const sum = document.createElement("tfoot");
  sum.append(row([total, "", count(network.parameters), count(network.multiply_adds), share(network.multiply_adds)]));
  table.append(sum);
  if (focused) table.querySelector<HTMLElement>(`[data-control="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}
