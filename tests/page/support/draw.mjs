// Drawing by real pointer events, as the browser gets them from a mouse or a finger.

/** Fits strokes of any unit (y down) into a box, keeping their proportions, with a margin. */
export function fit(strokes, box, margin = 0.15) {
  const [xs, ys] = [0, 1].map((axis) => strokes.flat().map((point) => point[axis]));
  const range = (values) => [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const [[left, right], [top, bottom]] = [range(xs), range(ys)];
  const scale = ((1 - 2 * margin) * box.width) / Math.max(right - left, bottom - top, 1e-9);
  const [x0, y0] = [box.x + (box.width - scale * (right - left)) / 2, box.y + (box.height - scale * (bottom - top)) / 2];
  return strokes.map((stroke) => stroke.map(([x, y]) => [x0 + scale * (x - left), y0 + scale * (y - top)]));
}

/** Events are sent without waiting for each one's answer: the browser keeps their order. */
export async function drawWithMouse(session, strokes) {
  const sent = [];
  const send = (type, [x, y], buttons) =>
    sent.push(session.send("Input.dispatchMouseEvent", { type, x, y, buttons, button: type === "mouseMoved" && !buttons ? "none" : "left", clickCount: 1 }));
  for (const stroke of strokes) {
    send("mouseMoved", stroke[0], 0);
    send("mousePressed", stroke[0], 1);
    for (const point of stroke.slice(1)) send("mouseMoved", point, 1);
    send("mouseReleased", stroke.at(-1), 0);
  }
  await Promise.all(sent);
}

export async function drawWithFinger(session, strokes) {
  const send = (type, touchPoints) => session.send("Input.dispatchTouchEvent", { type, touchPoints });
  for (const stroke of strokes) {
    const [first, ...rest] = stroke.map(([x, y]) => ({ x, y, id: 1 }));
    await send("touchStart", [first]);
    for (const point of rest) await send("touchMove", [point]);
    await send("touchEnd", []);
  }
}

const arc = (cx, cy, rx, ry, from, to, points = 16) =>
  Array.from({ length: points + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / points) * Math.PI) / 180;
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)];
  });

/** Digits as somebody may write them, y down. */
export const DIGITS = {
  0: [arc(0.5, 0.5, 0.32, 0.48, -90, 270, 28)],
  1: [[[0.5, 0.02], [0.49, 0.3], [0.48, 0.65], [0.48, 0.98]]],
  2: [[...arc(0.5, 0.28, 0.3, 0.27, -160, 30), [0.55, 0.62], [0.2, 0.97], [0.5, 0.95], [0.85, 0.96]]],
  3: [[...arc(0.45, 0.27, 0.3, 0.25, -150, 80), ...arc(0.45, 0.74, 0.34, 0.26, -80, 150)]],
  4: [[[0.3, 0.05], [0.25, 0.3], [0.2, 0.55], [0.5, 0.56], [0.85, 0.53]], [[0.65, 0.1], [0.64, 0.5], [0.63, 0.98]]],
  7: [[[0.15, 0.06], [0.5, 0.05], [0.85, 0.06], [0.65, 0.45], [0.5, 0.7], [0.42, 0.98]]],
};
