// Random legal sequences of NVML calls on one simulated GPU, each answer compared with NvmlModel:
// return codes, ids, placements, capacity, lists, MIG devices.
//
// Input: product, chip layout, mode, then calls of 1 to 4 bytes each.
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "driver/simulated/machine.h"
#include "driver/simulated/state_file.h"
#include "fuzz/byte_reader.h"
#include "fuzz/nvml_model.h"
#include "fuzz/nvml_session.h"

namespace septet::fuzz {
namespace {

// The node's file, in memory where the system offers it; gone when the process ends.
class NodeFile {
 public:
  NodeFile() {
    const bool memory = ::access("/dev/shm", W_OK) == 0;
    folder_ = memory ? "/dev/shm" : std::filesystem::temp_directory_path();
    folder_ /= "septet-fuzz-" + std::to_string(::getpid());
    ::setenv("SEPTET_SIM", path().c_str(), 1);  // NOLINT(concurrency-mt-unsafe): before any thread
  }
  ~NodeFile() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  NodeFile(const NodeFile&) = delete;
  NodeFile& operator=(const NodeFile&) = delete;
  std::string path() const { return folder_ / "node"; }

 private:
  std::filesystem::path folder_;
};

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace septet;
  namespace sim = driver::simulated;
  static const fuzz::NodeFile file;
  fuzz::ByteReader in(data, size);
  const mig::Product& product = mig::products()[in.pick(mig::products().size())];
  sim::BoardSpec board;
  board.product = product.id;
  board.chip = in.pick(2) == 1 ? mig::ChipLayout::kRotated : mig::ChipLayout::kNormal;
  board.mig = in.pick(4) != 0;
  sim::NodeSpec spec;
  spec.boards.push_back(board);
  auto node = sim::make_node(spec);
  if (!node) return 0;  // nothing public tells how it is cut
  node->create_latency_us = node->destroy_latency_us = node->mode_latency_us = 0;
  const auto made = sim::StateFile::create(file.path(), *node, true);
  SEPTET_ASSERT(made.has_value());

  const mig::Geometry& geometry = sim::geometry_of(*node, node->gpus[0]);
  fuzz::NvmlModel model(product, geometry, board.chip);
  model.mig = model.pending = board.mig;
  fuzz::NvmlSession session(geometry, model);
  while (!in.empty()) {
    session.call(in);
    session.compare();
  }
  return 0;
}
