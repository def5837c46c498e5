// Opening: every way a file can fail to be this node, each with its own sentence. Nothing here
// writes.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "driver/simulated/mapped_file.h"

namespace septet::driver::simulated {

namespace {

constexpr int kVerifyTries = 10'000;  // of a file that is being changed without pause

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

[[nodiscard]] std::unexpected<Error> unusable(const std::string& path, const std::string& why) {
  return fail(Code::kInvalidArgument, path + " " + why, make_a_new_one(path));
}

[[nodiscard]] std::unexpected<Error> cannot_open(const std::string& path, int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return fail(Code::kNotFound, "there is no simulated node at " + path,
                  "septet --sim=" + path + " sim create");
    case EACCES:
    case EPERM:
      return fail(Code::kNoPermission, path + " may not be read by this user",
                  "run as its owner, or use a node of your own: --sim=PATH");
    case EISDIR:
      return fail(Code::kInvalidArgument, path + " is a directory, not a simulated node",
                  "name a file inside it: --sim=" + path + "/node");
    default: return fail(Code::kUnavailable, path + " cannot be opened: " + strerrordesc_np(error));
  }
}

Result<> check_kind(const std::string& path, int fd, std::size_t& size) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return cannot_open(path, errno);
  if (S_ISDIR(info.st_mode)) return cannot_open(path, EISDIR);
  if (!S_ISREG(info.st_mode))
    return fail(Code::kInvalidArgument, path + " is not a regular file",
                "use another path: --sim=PATH");
  size = static_cast<std::size_t>(info.st_size);
  return {};
}

Result<> check_shape(const std::string& path, int fd, std::size_t size) {
  if (size == 0) return unusable(path, "is empty, not a simulated node");
  Shape shape{};
  const ssize_t got = pread(fd, &shape, sizeof shape, 0);
  if (got < 0) return cannot_open(path, errno);
  const auto magic_bytes = std::min(static_cast<std::size_t>(got), sizeof kMagic);
  if (std::memcmp(shape.magic, kMagic, magic_bytes) != 0)
    return unusable(path, "is not a simulated node but some other file");
  if (static_cast<std::size_t>(got) < sizeof shape)
    return unusable(path, "is a simulated node cut short: " + std::to_string(size) + " bytes");
  if (shape.format != kFormat || shape.byte_order != kByteOrder ||
      shape.state_bytes != sizeof(NodeState) || shape.file_bytes != kFileBytes)
    return unusable(path, "is a simulated node of another septet (format " +
                              std::to_string(shape.format) + ", this one reads " +
                              std::to_string(kFormat) + ")");
  if (size < kFileBytes)
    return unusable(path, "is a simulated node cut short: " + std::to_string(size) + " of " +
                              std::to_string(kFileBytes) + " bytes");
  if (shape.gpu_count == 0 || shape.gpu_count > kMaxGpus)
    return unusable(path, "is a damaged simulated node: its header names " +
                              std::to_string(shape.gpu_count) + " GPUs");
  return {};
}

// Copies the state in force out of a mapping that others may be changing. False: no try saw a whole
// one.
bool take_sound_copy(const FileHeader& header, const NodeState* const copies[2], NodeState& out) {
  const std::uint32_t gpu_count = header.shape.gpu_count;
  for (int i = 0; i < kVerifyTries; ++i) {
    const std::uint64_t generation = header.generation.load(std::memory_order_acquire);
    const Seal seal = header.seals[generation & 1u];
    std::memcpy(static_cast<void*>(&out), copies[generation & 1u], used_bytes(gpu_count));
    std::atomic_thread_fence(std::memory_order_acquire);
    const bool moved = header.generation.load(std::memory_order_relaxed) != generation;
    const bool sound = seal.generation == generation &&
                       seal.checksum == state_checksum(out, gpu_count, generation);
    if (sound) return true;
    if (!moved) return false;
  }
  return false;
}

Result<> verify(const std::string& path, const FileHeader& header,
                const NodeState* const copies[2]) {
  if (header.shape_checksum != checksum(&header.shape, sizeof header.shape, kFormat))
    return unusable(path, "is a damaged simulated node: its header fails its checksum");
  const auto node = std::make_unique<NodeState>();
  if (!take_sound_copy(header, copies, *node))
    return unusable(path, "is a damaged simulated node: its state fails its checksum");
  if (node->gpu_count != header.shape.gpu_count)
    return unusable(path, "is a damaged simulated node: header and state disagree on the GPUs");
  if (auto sane = check(*node); !sane)
    return fail_because(Error{Code::kInternal, sane.error().what, {}, 0, nullptr},
                        path + " is a simulated node that cannot be", make_a_new_one(path));
  return {};
}

}  // namespace

StateFile::Impl::~Impl() {
  if (header != nullptr) munmap(static_cast<void*>(header), kFileBytes);
}

Result<std::unique_ptr<StateFile>> StateFile::open(const std::string& path) {
  // O_NONBLOCK: a FIFO of this name must not hang us.
  constexpr int kFlags = O_CLOEXEC | O_NONBLOCK;
  bool writable = true;
  int fd = ::open(path.c_str(), O_RDWR | kFlags);
  if (fd < 0 && (errno == EACCES || errno == EROFS || errno == EPERM)) {
    writable = false;
    fd = ::open(path.c_str(), O_RDONLY | kFlags);
  }
  if (fd < 0) return cannot_open(path, errno);
  Descriptor descriptor(fd);
  std::size_t size = 0;
  if (auto kind = check_kind(path, fd, size); !kind) return std::unexpected(kind.error());
  if (auto shape = check_shape(path, fd, size); !shape) return std::unexpected(shape.error());

  void* const base =
      mmap(nullptr, kFileBytes, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
  if (base == MAP_FAILED) return cannot_open(path, errno);
  std::unique_ptr<StateFile> file(new StateFile);
  file->path_ = path;
  file->impl_ = std::make_unique<Impl>(descriptor.release(), path);
  Impl& impl = *file->impl_;
  impl.writable = writable;
  impl.header = static_cast<FileHeader*>(base);
  for (std::size_t i = 0; i < 2; ++i) {
    char* const copy = static_cast<char*>(base) + kCopyOffset + i * kCopyStride;
    impl.copies[i] = static_cast<NodeState*>(static_cast<void*>(copy));
    file->copies_[i] = impl.copies[i];
  }
  file->generation_ = &impl.header->generation;
  if (auto sound = verify(path, *impl.header, file->copies_); !sound)
    return std::unexpected(sound.error());
  return file;
}

std::string make_a_new_one(const std::string& path) {
  return "septet --sim=" + path + " sim create --force makes a new one";
}

Error StateFile::Impl::explain(const std::string& path, Obstacle obstacle, Status status) const {
  const int code = static_cast<int>(status);
  switch (obstacle) {
    case Obstacle::kReadOnly:
      return {Code::kNoPermission, path + " may not be changed by this user",
              "run as its owner, or use a node of your own: --sim=PATH", code, nullptr};
    case Obstacle::kLocked:
      return {Code::kBusy,
              path + " has been locked for " + std::to_string(kLockWaitMs / 1000) + " s, by pid " +
                  std::to_string(header->holder.load()),
              "see what that process does (stopped?), end it, and try again", code, nullptr};
    case Obstacle::kLockFailed:
      return {Code::kUnavailable, path + " cannot be locked", "is it on a file system with locks?",
              code, nullptr};
    case Obstacle::kDamaged:
      return {Code::kInternal, path + " is damaged: its state fails its checksum",
              make_a_new_one(path), code, nullptr};
    case Obstacle::kNothing: break;
  }
  const Code kind = status == Status::kInUse ? Code::kBusy : Code::kInvalidArgument;
  return {kind,
          "the simulated node at " + path + " refused (driver status " + std::to_string(code) + ")",
          {},
          code,
          nullptr};
}

}  // namespace septet::driver::simulated
