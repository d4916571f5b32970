# Answers to the homework, as headers in build/…/answers/: each in a namespace of its own (residual_right, …), so that one
# program holds all of them, with line numbers as if it were the learner's file.

# answer(HOMEWORK NAME [OLD NEW]…): answers/HOMEWORK.hpp with each text OLD replaced by NEW.
function(answer homework name)
  set(source "${CMAKE_CURRENT_SOURCE_DIR}/answers/${homework}.hpp")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
  file(READ "${source}" code)
  math(EXPR last "${ARGC} - 1")
  if(last GREATER 2)
    foreach(i RANGE 2 ${last} 2)
      math(EXPR next "${i} + 1")
      string(FIND "${code}" "${ARGV${i}}" found)
      if(found EQUAL -1)
        message(FATAL_ERROR "${source}: ${homework}_${name} replaces what is not there: ${ARGV${i}}")
      endif()
      string(REPLACE "${ARGV${i}}" "${ARGV${next}}" code "${code}")
    endforeach()
  endif()
  string(REPLACE "namespace cnnlab::homework::${homework} " "namespace cnnlab::homework::${homework}_${name} " code "${code}")
  string(REPLACE "#pragma once" "#pragma once\n#line 2 \"lessons/homework/${homework}.hpp\"" code "${code}")
  file(CONFIGURE OUTPUT "answers/${homework}_${name}.hpp" CONTENT "${code}" @ONLY)
endfunction()

# Right ones.
answer(deeper right)
answer(residual right)
answer(dense right)
answer(residual projection
  [[  Variable shortcut(const Variable& x) const {
    return in == out ? x : zero_pad_shortcut(x, {.channels = out, .stride = stride});
  }
]]
  [[  nn::Sequential shortcut = add("shortcut", projection());

  nn::Sequential projection() const {
    if (in == out) return {};
    return nn::Sequential(nn::Conv2d({.in = in, .out = out, .kernel = 1, .stride = stride, .bias = false}),
                          nn::BatchNorm2d(out));
  }
]])

# Mistakes that learners make, each in the lines where it is made.
answer(deeper no_padding [[.kernel = 5, .padding = 2]] [[.kernel = 5]])
answer(deeper small_padding [[.kernel = 5, .padding = 2]] [[.kernel = 5, .padding = 1]])
answer(deeper third_pool [[relu(conv3(x))]] [[relu(max_pool2d(conv3(x), {.kernel = 2}))]])
answer(deeper in_channels [["conv3", nn::Conv2d({.in = 88]] [["conv3", nn::Conv2d({.in = 20]])
answer(deeper module_channels [["incept3", InceptionModule(20)]] [["incept3", InceptionModule(88)]])
answer(deeper linear [[.in = 1408]] [[.in = 22528]])
answer(deeper uncalled_module [[incept4(relu(conv4(x)))]] [[relu(conv4(x))]])
answer(deeper no_relu [[incept3(relu(conv3(x)))]] [[incept3(conv3(x))]])
answer(deeper no_log_softmax [[log_softmax(fc(flatten(x)))]] [[fc(flatten(x))]])
answer(deeper three_modules
  [[  nn::Conv2d conv4 = add("conv4", nn::Conv2d({.in = 88, .out = 20, .kernel = 5, .padding = 2}));
  InceptionModule incept4 = add("incept4", InceptionModule(20));
]] ""
  [[    x = incept4(relu(conv4(x)));
]] "")

answer(residual no_relu [[return relu(y);]] [[return y;]])
answer(residual relu_before [[y = cnnlab::add(y, shortcut(x));]] [[y = cnnlab::add(relu(y), shortcut(x));]]
  [[return relu(y);]] [[return y;]])
answer(residual no_shortcut [[y = cnnlab::add(y, shortcut(x));]] "")
answer(residual no_projection
  [[in == out ? x : zero_pad_shortcut(x, {.channels = out, .stride = stride})]] [[x]])
answer(residual shortcut_without_stride [[{.channels = out, .stride = stride}]] [[{.channels = out}]])
answer(residual adds_only_where_equal [[y = cnnlab::add(y, shortcut(x));]]
  [[if (in == out) y = cnnlab::add(y, x);]])
answer(residual adds_the_wrong_value [[y = bn2(conv2(y));
    y = cnnlab::add(y, shortcut(x));]] [[y = cnnlab::add(bn2(conv2(y)), y);]])
answer(residual no_batch_norm
  [[  nn::BatchNorm2d bn1 = add("bn1", nn::BatchNorm2d(out));
]] ""
  [[  nn::BatchNorm2d bn2 = add("bn2", nn::BatchNorm2d(out));
]] ""
  [[relu(bn1(conv1(x)));
    y = bn2(conv2(y));]] [[relu(conv1(x));
    y = conv2(y);]])
answer(residual one_batch_norm [[y = bn2(conv2(y));]] [[y = conv2(y);]])
answer(residual bias [[.padding = 1, .bias = false]] [[.padding = 1]])
answer(residual no_padding [[.stride = stride, .padding = 1, .bias]] [[.stride = stride, .bias]])
answer(residual no_relu_between [[auto y = relu(bn1(conv1(x)));]] [[auto y = bn1(conv1(x));]])
answer(residual no_halving [[stage(32, 64, 2)]] [[stage(32, 64, 1)]])
answer(residual block_channels [[BasicBlock(in, out, stride), BasicBlock(out, out, 1), BasicBlock(out, out, 1)]]
  [[BasicBlock(in, out, stride), BasicBlock(in, out, 1), BasicBlock(out, out, 1)]])
answer(residual no_relu_first [[x = relu(bn1(conv1(x)));]] [[x = bn1(conv1(x));]])
answer(residual two_blocks [[BasicBlock(out, out, 1), BasicBlock(out, out, 1)]] [[BasicBlock(out, out, 1)]])

answer(dense axis_0 [[cat({x, made}, 1)]] [[cat({x, made}, 0)]])
answer(dense axis_2 [[cat({x, made}, 1)]] [[cat({x, made}, 2)]])
answer(dense last_only [[cat({x, made}, 1)]] [[made]])
answer(dense last_only_and_fitting [[cat({x, made}, 1)]] [[made]]
  [[DenseLayer(in + (i - 1) * growth_rate, growth_rate)]] [[DenseLayer(i == 1 ? in : growth_rate, growth_rate)]])
answer(dense last_two [[    for (auto& layer : layers) {]] [[    Variable last = x;
    for (auto& layer : layers) {]] [[x = cat({x, made}, 1);]] [[x = cat({last, made}, 1);
      last = made;]])
answer(dense narrow_layers [[DenseLayer(in + (i - 1) * growth_rate, growth_rate)]] [[DenseLayer(in, growth_rate)]])
answer(dense wrong_way_round [[cat({x, made}, 1)]] [[cat({made, x}, 1)]])
answer(dense no_batch_norm
  [[  nn::BatchNorm2d norm = add("norm", nn::BatchNorm2d(in));
  nn::Conv2d conv = add("conv", nn::Conv2d({.in = in, .out = growth_rate]]
  [[  nn::Conv2d conv = add("conv", nn::Conv2d({.in = in, .out = growth_rate]]
  [[return conv(relu(norm(x)));]] [[return conv(relu(x));]])
answer(dense convolution_first
  [[nn::BatchNorm2d(in));
  nn::Conv2d conv = add("conv", nn::Conv2d({.in = in, .out = growth_rate]]
  [[nn::BatchNorm2d(growth_rate));
  nn::Conv2d conv = add("conv", nn::Conv2d({.in = in, .out = growth_rate]]
  [[{ return conv(relu(norm(x))); }]] [[{ return norm(relu(conv(x))); }]])
answer(dense layer_joins [[{ return conv(relu(norm(x))); }]] [[{ return cat({x, conv(relu(norm(x)))}, 1); }]])
answer(dense layer_without_padding [[.kernel = 3, .padding = 1, .bias = false}));

  Variable]] [[.kernel = 3, .bias = false}));

  Variable]])
answer(dense no_pool [[avg_pool2d(conv(relu(norm(x))), {.kernel = 2})]] [[conv(relu(norm(x)))]])
answer(dense maximum_pool [[return avg_pool2d(]] [[return max_pool2d(]])
answer(dense transition_channels [[Transition(304, 304)]] [[Transition(160, 160)]])
answer(dense eleven_layers [[DenseBlock(12, 304, 12)]] [[DenseBlock(11, 304, 12)]])
answer(dense no_last_norm [[x = relu(norm(block3(x)));]] [[x = relu(block3(x));]])
