// What was answered to each test image: the confusion matrix, the images behind a cell, the worst mistakes.

export interface Answers {
  losses: Float32Array;
  labels: Uint8Array;
  answers: Uint8Array;
}

/** Reads the bytes of train_answers. */
export function readAnswers(bytes: Uint8Array<ArrayBuffer>): Answers {
  const count = bytes.length / 6;
  return {
    losses: new Float32Array(bytes.buffer, bytes.byteOffset, count),
    labels: bytes.subarray(4 * count, 5 * count),
    answers: bytes.subarray(5 * count),
  };
}

/** How often images of a class (row) were read as each class (column). */
export function confusion({ labels, answers }: Answers): number[][] {
  const classes = Math.max(10, 1 + labels.reduce((a, b) => Math.max(a, b), 0), 1 + answers.reduce((a, b) => Math.max(a, b), 0));
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((label, i) => counts[label]![answers[i]!]!++);
  return counts;
}

/** The numbers of the test images of a class that were read as another (or the same), the highest loss first. */
export function imagesOf({ losses, labels, answers }: Answers, label: number, answer: number): number[] {
  const found = [...labels.keys()].filter((i) => labels[i] === label && answers[i] === answer);
  return found.sort((a, b) => losses[b]! - losses[a]!);
}

/** The images with the highest loss. */
export function worst({ losses }: Answers, count: number): number[] {
  return [...losses.keys()].sort((a, b) => losses[b]! - losses[a]!).slice(0, count);
}
