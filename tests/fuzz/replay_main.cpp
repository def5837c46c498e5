// Runs a fuzz harness without a fuzzer: replay [--generated=N] FILE|FOLDER...
//
// First every file of the corpus, then N inputs from a fixed seed, half of them corpus files with a
// few bytes changed. A failure is a crash; the input at fault is named on standard error before it
// runs.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "fuzz/byte_reader.h"

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

Bytes read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(fs::file_size(path)), '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  return {text.begin(), text.end()};
}

std::vector<fs::path> files_of(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

Bytes generated(std::mt19937& random, const std::vector<Bytes>& corpus) {
  Bytes bytes;
  const bool mutate = random() % 2 == 0 && !corpus.empty();
  if (mutate) {
    bytes = corpus[random() % corpus.size()];
    for (unsigned i = 0; i < 4 && !bytes.empty(); ++i) {
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    }
  } else {
    bytes.resize(random() % 512);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  unsigned count = 0;
  std::vector<Bytes> corpus;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with("--generated=")) {
      count = static_cast<unsigned>(std::strtoul(word.c_str() + 12, nullptr, 10));
      continue;
    }
    for (const auto& file : files_of(word)) {
      std::fprintf(stderr, "%s\n", file.c_str());
      corpus.push_back(read(file));
      LLVMFuzzerTestOneInput(corpus.back().data(), corpus.back().size());
    }
  }
  if (corpus.empty()) {
    std::fprintf(stderr, "no corpus: nothing was tried\n");
    return 1;
  }
  std::mt19937 random(20260101);  // NOLINT(cert-msc51-cpp): the same inputs every time
  const std::string kept = std::string(argv[0]) + ".input";
  const int left = ::open(kept.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  for (unsigned i = 0; i < count; ++i) {
    const Bytes bytes = generated(random, corpus);
    if (::ftruncate(left, 0) != 0 || ::pwrite(left, bytes.data(), bytes.size(), 0) < 0) return 1;
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  ::close(left);
  fs::remove(kept);
  std::fprintf(stderr, "%zu files and %u generated inputs\n", corpus.size(), count);
  return 0;
}
