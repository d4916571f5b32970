"""PyTorch's speed at the same task, with batches of random numbers. Runs behind networks.py, in one text.

usage: peer.py LESSON THREADS BATCH CHANNELS HEIGHT WIDTH [OPTION=VALUE …]
Prints "none" where networks.py does not have that network; else "ready VERSION", then for each line "train SECONDS",
"infer SECONDS" or "one SECONDS" on stdin the images/s of training, of answering in batches, or of answering one image at
a time, for that long.
"""
import sys
import time


def main():
    lesson, threads, batch, *shape = [word if i == 0 else int(word) for i, word in enumerate(sys.argv[1:7])]
    options = {name: int(value) for name, value in (word.split("=") for word in sys.argv[7:])}
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    net = make(lesson, shape[0], options)
    if net is None:
        print("none", flush=True)
        return
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.5)
    batches = [(torch.rand(batch, *shape), torch.randint(10, (batch,))) for _ in range(8)]

    def train(step):
        images, labels = batches[step % len(batches)]
        net.train()
        optimizer.zero_grad()
        F.nll_loss(net(images), labels).backward()
        optimizer.step()
        return batch

    @torch.no_grad()
    def infer(step):
        net.eval()
        net(batches[step % len(batches)][0])
        return batch

    @torch.no_grad()
    def one(step):
        net.eval()
        net(batches[step % len(batches)][0][:1])
        return 1

    work = {"train": train, "infer": infer, "one": one}
    print("ready", torch.__version__, flush=True)
    for line in sys.stdin:
        name, seconds = line.split()
        work[name](0)
        start, images, steps = time.perf_counter(), 0, 0
        while time.perf_counter() - start < float(seconds):
            images += work[name](steps)
            steps += 1
        print(images / (time.perf_counter() - start), flush=True)


main()
