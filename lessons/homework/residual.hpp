#pragma once
#include "lib/nn/layers.hpp"

// Homework 2: residual connections. Check it with  ./lab homework residual
//
// Build ResNet-20 for CIFAR-10 (He et al., CVPR 2016, sections 3.3 and 4.2). A block's two layers, 3×3 convolution and
// BatchNorm each, with a ReLU between them, learn what to add to x: relu(layers(x) + x). Where a block halves the maps
// and makes more channels, x has to follow before it can be added: by cnnlab::zero_pad_shortcut(x, {.channels = …,
// .stride = …}) (option A), or by a 1×1 convolution and BatchNorm in an nn::Sequential called "shortcut" (option B).
// To add two values, write cnnlab::add(a, b): add alone is what registers a layer.
//
// 숙제 2: 잔차 연결. 다 하면  ./lab homework residual  로 확인해요.
//
// CIFAR-10용 ResNet-20을 만들어 보세요(He 외, CVPR 2016, 3.3절과 4.2절). 블록의 두 층은 각각 3×3 합성곱과 배치
// 정규화이고 그 사이에 ReLU가 있어요. 두 층은 x에 무엇을 더할지 배워요: relu(layers(x) + x). 블록이 특징 맵을 반으로
// 줄이고 채널을 늘릴 때는 x도 같은 모양이 되어야 더할 수 있어요. cnnlab::zero_pad_shortcut(x, {.channels = …,
// .stride = …})을 쓰거나(A안), 1×1 합성곱과 배치 정규화를 "shortcut"이라는 nn::Sequential에 담으세요(B안).
// 두 값을 더할 때는 cnnlab::add(a, b)라고 써요. 그냥 add는 층을 등록하는 함수거든요.
//
//   x                     (N, 3, 32, 32)
//   conv1, bn1, ReLU      (N, 16, 32, 32)
//   layer1                (N, 16, 32, 32)    three blocks / 블록 세 개
//   layer2                (N, 32, 16, 16)    three blocks, the first with stride 2 / 첫 블록의 stride는 2
//   layer3                (N, 64, 8, 8)      three blocks, the first with stride 2 / 첫 블록의 stride는 2
//   global_avg_pool2d     (N, 64, 1, 1)      flatten
//   fc                    (N, 10)            log_softmax; 269,722 parameters in all (B: 272,474)
namespace cnnlab::homework::residual {

// x (N, in, H, W) → (N, out, H/stride, W/stride).
struct BasicBlock : nn::Module {
  int64_t in, out, stride;
  BasicBlock(int64_t in_channels, int64_t out_channels, int64_t first_stride)
      : in(in_channels), out(out_channels), stride(first_stride) {}

  // BatchNorm follows, so the convolution needs no bias. / 뒤에 배치 정규화가 있으니 편향은 필요 없어요.
  nn::Conv2d conv1 =
      add("conv1", nn::Conv2d({.in = in, .out = out, .kernel = 3, .stride = stride, .padding = 1, .bias = false}));
  // Go on here: bn1, conv2, bn2. / 여기서부터 이어 가세요.

  Variable forward(Variable x) override {
    // … and here. / 여기도요.
    return x;
  }
};

struct ResNet : nn::Module {
  // A stage: nn::Sequential layer1 = add("layer1", nn::Sequential(BasicBlock(16, 16, 1), …));
  Variable forward(Variable x) override { return x; }
};

}  // namespace cnnlab::homework::residual
