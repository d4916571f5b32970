#pragma once
#include "lessons/02_inception/model.hpp"

// Homework 1: deeper. Check it with  ./lab homework deeper
//
// Stack two more Inception modules into MainNet (lessons/02_inception/model.hpp). Stages 3 and 4 are made like stage 2,
// a 5×5 convolution to 20 channels, ReLU, an Inception module; but they keep the 4×4 maps as large as they are.
//
// 숙제 1: 더 깊게. 다 하면  ./lab homework deeper  로 확인해요.
//
// MainNet(lessons/02_inception/model.hpp)에 인셉션 모듈을 두 개 더 쌓아 보세요. 3단과 4단도 2단처럼 5×5 합성곱으로
// 20채널을 만들고 ReLU와 인셉션 모듈을 지나요. 다만 4×4 특징 맵이 더 작아지면 안 돼요.
//
//   x                     (N, 1, 28, 28)
//   conv1                 (N, 10, 24, 24)    max pool, ReLU: (N, 10, 12, 12)
//   incept1               (N, 88, 12, 12)
//   conv2                 (N, 20, 8, 8)      max pool, ReLU: (N, 20, 4, 4)
//   incept2               (N, 88, 4, 4)
//   conv3                 (N, 20, 4, 4)      ReLU
//   incept3               (N, 88, 4, 4)
//   conv4                 (N, 20, 4, 4)      ReLU
//   incept4               (N, 88, 4, 4)
//   fc                    (N, 10)            log_softmax; 224,986 parameters in all
namespace cnnlab::homework::deeper {

using inception::InceptionModule;

struct DeeperNet : nn::Module {
  nn::Conv2d conv1 = add("conv1", nn::Conv2d({.in = 1, .out = 10, .kernel = 5}));
  InceptionModule incept1 = add("incept1", InceptionModule(10));
  // Go on here: conv2, incept2, … / 여기서부터 이어 가세요.

  Variable forward(Variable x) override {
    x = relu(max_pool2d(conv1(x), {.kernel = 2}));  // (N, 10, 12, 12)
    x = incept1(x);                                 // (N, 88, 12, 12)
    // … and here. / 여기도요.
    return x;
  }
};

}  // namespace cnnlab::homework::deeper
