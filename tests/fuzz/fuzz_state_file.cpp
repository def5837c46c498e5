// A state file with any bytes in it: opening never crashes, never changes it, and what opens is a
// node that the whole machine can work with.
//
// Input: which real node to start from, then either its file with some bytes overwritten (resealed
// or not: with honest checksums the fuzzer reaches what stands behind them) or the input itself as
// a file.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "driver/simulated/file_header.h"
#include "driver/simulated/machine.h"
#include "driver/simulated/state_file.h"
#include "fuzz/byte_reader.h"
#include "mig/product.h"

namespace septet::fuzz {
namespace {

namespace sim = driver::simulated;
using Bytes = std::vector<char>;

// A file without a name on any disk, mapped while it is being written.
class MemoryFile {
 public:
  explicit MemoryFile(std::size_t size) : fd_(memfd_create("node", MFD_CLOEXEC)), size_(size) {
    SEPTET_ASSERT(fd_ >= 0 && ftruncate(fd_, static_cast<off_t>(size)) == 0);
    if (size == 0) return;
    void* const at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
    SEPTET_ASSERT(at != MAP_FAILED);
    data_ = static_cast<char*>(at);
  }
  ~MemoryFile() {
    if (data_ != nullptr) munmap(data_, size_);
    close(fd_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  char* data() { return data_; }
  std::size_t size() const { return size_; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }
  void cut_to(std::size_t size) { SEPTET_ASSERT(ftruncate(fd_, static_cast<off_t>(size)) == 0); }
  Bytes bytes() const {
    Bytes all(static_cast<std::size_t>(lseek(fd_, 0, SEEK_END)));
    const auto got = pread(fd_, all.data(), all.size(), 0);
    SEPTET_ASSERT(got == static_cast<ssize_t>(all.size()));
    return all;
  }

 private:
  int fd_;
  std::size_t size_;
  char* data_ = nullptr;
};

sim::FileHeader& header_of(MemoryFile& file) {
  return *static_cast<sim::FileHeader*>(static_cast<void*>(file.data()));
}
sim::NodeState& node_of(MemoryFile& file, std::uint64_t generation) {
  void* const at = file.data() + sim::kCopyOffset + (generation & 1u) * sim::kCopyStride;
  return *static_cast<sim::NodeState*>(at);
}

// Makes the checksums honest again.
void seal(MemoryFile& file) {
  sim::FileHeader& header = header_of(file);
  const std::uint32_t gpus = std::clamp(header.shape.gpu_count, 1u, sim::kMaxGpus);
  header.shape = sim::shape_of(gpus);
  header.shape_checksum = sim::checksum(&header.shape, sizeof header.shape, sim::kFormat);
  const std::uint64_t generation = header.generation.load();
  header.seals[generation & 1u] = {
      generation, sim::state_checksum(node_of(file, generation), gpus, generation)};
}

// A node with GPU instances and compute instances on it. False: no board of it can be simulated.
bool make_real_node(ByteReader& in, sim::NodeState& node) {
  sim::NodeSpec spec;
  for (std::size_t i = 0, gpus = 1 + in.pick(3); i < gpus; ++i) {
    sim::BoardSpec board;
    board.product = mig::products()[in.pick(mig::products().size())].id;
    board.mig = true;
    spec.boards.push_back(std::move(board));
  }
  auto made_node = sim::make_node(spec);
  if (!made_node) return false;
  node = *made_node;
  for (std::uint32_t gpu = 0; gpu < node.gpu_count; ++gpu) {
    for (const auto& profile : sim::geometry_of(node, node.gpus[gpu]).profiles) {
      const auto made = sim::create_gpu_instance(node, gpu, profile.id, std::nullopt);
      if (made.status == sim::Status::kSuccess) {
        (void)sim::create_compute_instance(node, gpu, made.id, 0, std::nullopt);
      }
    }
  }
  return true;
}

std::unique_ptr<MemoryFile> raw_file(const std::string& text) {
  auto file = std::make_unique<MemoryFile>(text.size());
  std::ranges::copy(text, file->data());
  return file;
}

std::unique_ptr<MemoryFile> node_file(ByteReader& in, unsigned kind) {
  auto file = std::make_unique<MemoryFile>(sim::kFileBytes);
  sim::FileHeader& header = header_of(*file);
  header.generation = sim::kFirstGeneration;
  sim::NodeState& node = node_of(*file, sim::kFirstGeneration);
  if (!make_real_node(in, node)) return file;
  header.shape = sim::shape_of(node.gpu_count);
  seal(*file);
  const bool reseal = (kind & 1u) != 0;
  const std::size_t keep = (kind & 2u) != 0 ? in.number() % sim::kFileBytes : sim::kFileBytes;
  while (!in.empty()) {
    // The header and the copy in force are where a byte matters.
    const std::size_t offset = in.number() % (sim::kCopyOffset + sim::kCopyStride);
    for (std::size_t length = 1 + in.pick(8), i = 0; i < length; ++i) {
      if (offset + i < file->size()) file->data()[offset + i] = static_cast<char>(in.byte());
    }
  }
  if (reseal) seal(*file);
  file->cut_to(keep);
  return file;
}

// Everything that reads a node, and the changes that walk all of it.
void use(sim::NodeState& node) {
  sim::MigDevice devices[sim::kMaxGpuInstances * sim::kMaxComputeInstances];
  for (std::uint32_t gpu = 0; gpu < node.gpu_count; ++gpu) {
    const auto count = sim::mig_devices(node.gpus[gpu], devices);
    for (std::size_t i = 0; i < count; ++i) {
      (void)sim::instance_load(node, gpu, devices[i].gi, devices[i].ci);
    }
    (void)sim::gpu_load(node, gpu);
    (void)sim::telemetry(node, gpu);
    (void)sim::energy_mj(node, gpu, 1);
    for (const auto& profile : sim::geometry_of(node, node.gpus[gpu]).profiles) {
      (void)sim::remaining_gpu_instances(node, gpu, profile.id);
      (void)sim::create_gpu_instance(node, gpu, profile.id, std::nullopt);
    }
    (void)sim::set_mig_mode(node, gpu, false);
    (void)sim::reset_gpu(node, gpu);
  }
  sim::post_event(node, 8, 79, 0, sim::kNone, sim::kNone);
  sim::clear_faults(node);
  sim::reboot(node);
  const auto sane = sim::check(node);
  SEPTET_ASSERT(sane.has_value());
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace septet::fuzz;
  ByteReader in(data, size);
  const std::uint8_t kind = in.byte();
  const auto file = kind == 0xff ? raw_file(in.rest()) : node_file(in, kind);
  const Bytes before = file->bytes();
  {
    const auto opened = sim::StateFile::open(file->path());
    if (opened) {
      auto node = std::make_unique<sim::NodeState>(
          (*opened)->read([](const sim::NodeState& state) { return state; }));
      use(*node);
    } else {
      SEPTET_ASSERT(opened.error().what.contains(file->path()));
      SEPTET_ASSERT(!opened.error().remedy.empty());
    }
  }
  SEPTET_ASSERT(file->bytes() == before);
  return 0;
}
