#pragma once
#include <string>

#include "lib/data/dataset.hpp"
#include "lib/io/files.hpp"

namespace cnnlab {

/// CIFAR-10 in its binary form (Krizhevsky, "Learning multiple layers of features from tiny images", 2009): records of
/// 3,073 bytes, each a label (0 … 9) and 3×32×32 pixels, red, then green, then blue, row by row. Any number of whole
/// records. Throws Error that names `name` and the numbers.
Dataset parse_cifar10(const std::string& set_name, ByteSpan file, const std::string& name);

/// From a folder with data_batch_1.bin … data_batch_5.bin, as many as there are, and test_batch.bin; or, where there is
/// none of that name, with files *train*.bin and *test*.bin, taken in the order of their names. The pixels come with
/// the mean and deviation of the 50,000 training images. Throws Error that names what is missing or damaged.
DataSplit load_cifar10(const std::string& folder);

}  // namespace cnnlab
