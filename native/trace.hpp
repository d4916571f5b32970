#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "lessons/lesson.hpp"
#include "lib/autograd/tape.hpp"

// What a tape says of a run, for the commands that print it.
namespace cnnlab {

/// How many numbers of parameters an op read: for a convolution its weight and bias.
int64_t parameter_count(const Node<float>& node);

/// The lesson lines that led to an op, the outermost first: where the network was called, where its part was called,
/// the line of the op itself.
std::vector<CallSite> call_chain(const Node<float>& node);

/// The text of a lesson's line without its indentation; "" for lines outside the lessons.
std::string source_line(const CallSite& site);
/// The same without a comment at its end.
std::string code_line(const CallSite& site);

/// The Euclidean length of a tensor taken as one vector.
double norm(const Tensor& tensor);

}  // namespace cnnlab
