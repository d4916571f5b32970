#pragma once
#include <vector>

#include "lib/nn/layers.hpp"

// Homework 3: dense blocks. Check it with  ./lab homework dense
//
// Build DenseNet-40 with growth rate 12 for CIFAR-10 (Huang et al., CVPR 2017, sections 3 and 4). A layer normalises,
// applies ReLU, and then convolves 3×3 to growth_rate new channels. In a block, every layer reads the concatenation of
// the block's input and of what all layers before it made; the block gives out all of it. A transition works in the
// same order, with a 1×1 convolution, and then halves the maps by an average pool. No convolution has a bias.
//
// 숙제 3: 밀집 블록. 다 하면  ./lab homework dense  로 확인해요.
//
// 성장률(growth rate)이 12인 CIFAR-10용 DenseNet-40을 만들어 보세요(Huang 외, CVPR 2017, 3절과 4절). 층은 배치 정규화,
// ReLU, 3×3 합성곱 순서로 새 채널을 growth_rate개 만들어요. 블록 안의 층은 모두 블록의 입력과 앞선 층들이 만든 것을
// 전부 이어 붙여 읽고, 블록은 그 모두를 내보내요. 전이 층도 순서는 같지만 1×1 합성곱을 쓰고, 평균 풀링으로 특징 맵을
// 반으로 줄여요. 합성곱에는 모두 편향이 없어요.
//
//   x                     (N, 3, 32, 32)
//   conv1                 (N, 16, 32, 32)    3×3
//   block1                (N, 160, 32, 32)   twelve layers: 16 + 12·12 channels / 층 열두 개
//   trans1                (N, 160, 16, 16)
//   block2                (N, 304, 16, 16)
//   trans2                (N, 304, 8, 8)
//   block3                (N, 448, 8, 8)
//   norm, ReLU            (N, 448, 8, 8)
//   global_avg_pool2d     (N, 448, 1, 1)     flatten
//   fc                    (N, 10)            log_softmax; 1,019,722 parameters in all
namespace cnnlab::homework::dense {

// Only what is new: x (N, in, H, W) → (N, growth_rate, H, W). / 새로 만든 채널만 내보내요.
struct DenseLayer : nn::Module {
  int64_t in, growth_rate;
  DenseLayer(int64_t in_channels, int64_t growth) : in(in_channels), growth_rate(growth) {}

  nn::BatchNorm2d norm = add("norm", nn::BatchNorm2d(in));
  // Go on here: conv. / 여기서부터 이어 가세요.

  Variable forward(Variable x) override {
    // … and here. / 여기도요.
    return x;
  }
};

// x (N, in, H, W) → (N, in + count·growth_rate, H, W).
struct DenseBlock : nn::Module {
  std::vector<DenseLayer> layers;
  DenseBlock(int64_t count, int64_t in, int64_t growth_rate) {
    // For the layers 1 to count: / 층 1부터 count까지:
    //   layers.push_back(add("layer" + std::to_string(i), DenseLayer(…, growth_rate)));
  }

  Variable forward(Variable x) override {
    return x;  // cat({a, b}, axis) joins two values. / 두 값을 이어 붙여요.
  }
};

// x (N, in, H, W) → (N, out, H/2, W/2).
struct Transition : nn::Module {
  Transition(int64_t in, int64_t out) {}

  Variable forward(Variable x) override { return x; }
};

struct DenseNet : nn::Module {
  Variable forward(Variable x) override { return x; }
};

}  // namespace cnnlab::homework::dense
