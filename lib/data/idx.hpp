#pragma once
#include <string>
#include <vector>

#include "lib/data/dataset.hpp"
#include "lib/io/files.hpp"

namespace cnnlab {

/// An array of bytes from an IDX file, the format of MNIST (LeCun, Cortes and Burges, "The MNIST database"): two zero
/// bytes, the type (8: unsigned bytes), the number of dimensions, each size in four bytes, big-endian; then the
/// numbers.
struct IdxArray {
  std::vector<int64_t> sizes;
  Bytes values;
};

/// Reads raw or gzipped IDX. The header is checked before anything of its size is allocated; the file must hold exactly
/// what it promises. Throws Error that names `name` and the numbers.
IdxArray parse_idx(Bytes file, const std::string& name);
Bytes write_idx(const IdxArray& array);

/// A labelled set from the bytes of its two files, images (N, H, W) and labels (N). Throws Error when their numbers
/// differ or a label is no class.
Dataset parse_mnist(const std::string& set_name, Bytes image_file, const std::string& image_name, Bytes label_file,
                    const std::string& label_name, int classes = 10);

/// MNIST, or a set in its form (Fashion-MNIST), from a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte,
/// t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each raw or with ".gz". Throws Error that names what is missing.
DataSplit load_mnist_like(const std::string& folder);

}  // namespace cnnlab
