// Creating: a whole file under another name, then one rename. There is never half a node at the
// path.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "driver/simulated/mapped_file.h"

namespace septet::driver::simulated {

namespace {

constexpr unsigned kRenameNoReplace = 1;  // RENAME_NOREPLACE of linux/fs.h

[[nodiscard]] std::unexpected<Error> cannot_create(const std::string& path, int error) {
  const bool denied = error == EACCES || error == EPERM || error == EROFS;
  return fail(denied ? Code::kNoPermission : Code::kUnavailable,
              path + " cannot be created: " + strerrordesc_np(error),
              denied ? "use a path of your own: --sim=PATH" : "");
}

// mkdir -p of what is above the file.
Result<> make_parents(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const std::string parent = path.substr(0, slash);
    if (mkdir(parent.c_str(), 0777) != 0 && errno != EEXIST && errno != EISDIR) {
      const int error = errno;
      struct stat info {};  // a parent may exist and yet refuse mkdir with EROFS or EACCES
      if (stat(parent.c_str(), &info) != 0) return cannot_create(path, error);
    }
  }
  return {};
}

Result<> refuse_what_stands_there(const std::string& path, bool replace) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return {};
  if (S_ISDIR(info.st_mode))
    return fail(Code::kInvalidArgument, path + " is a directory",
                "name a file inside it: --sim=" + path + "/node");
  if (!S_ISREG(info.st_mode))
    return fail(Code::kInvalidArgument, path + " is not a regular file",
                "use another path: --sim=PATH");
  if (!replace) return fail(Code::kConflict, path + " exists already", make_a_new_one(path));
  return {};
}

bool write_all(int fd, const void* bytes, std::size_t size, std::size_t offset) {
  const char* at = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t put = pwrite(fd, at, size, static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    at += put;
    size -= static_cast<std::size_t>(put);
    offset += static_cast<std::size_t>(put);
  }
  return true;
}

// Both copies are written, so that no page a writer will touch is a hole that a full disk could
// refuse.
bool write_node(int fd, const NodeState& node) {
  const auto header = std::make_unique<FileHeader>();
  header->shape = shape_of(node.gpu_count);
  header->shape_checksum = checksum(&header->shape, sizeof header->shape, kFormat);
  header->generation.store(kFirstGeneration);
  header->seals[kFirstGeneration & 1u] = {kFirstGeneration,
                                          state_checksum(node, node.gpu_count, kFirstGeneration)};
  header->event_word.store(static_cast<std::uint32_t>(node.next_event));
  header->faults_possible.store(1);  // the first change finds out
  const std::size_t bytes = used_bytes(node.gpu_count);
  return ftruncate(fd, static_cast<off_t>(kFileBytes)) == 0 &&
         write_all(fd, &node, bytes, kCopyOffset) &&
         write_all(fd, &node, bytes, kCopyOffset + kCopyStride) &&
         write_all(fd, header.get(), sizeof *header, 0);
}

int put_in_place(const std::string& from, const std::string& to, bool replace) {
  if (replace) return rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
  if (syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), kRenameNoReplace) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (link(from.c_str(), to.c_str()) != 0) return errno;  // a file system without that flag
  unlink(from.c_str());
  return 0;
}

}  // namespace

Result<> StateFile::create(const std::string& path, const NodeState& node, bool replace) {
  TRY(check(node));
  TRY(make_parents(path));
  TRY(refuse_what_stands_there(path, replace));
  const auto stamped = std::make_unique<NodeState>(node);
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  for (std::uint32_t gpu = 0; gpu < node.gpu_count; ++gpu) {
    GpuState& state = stamped->gpus[gpu];
    if (state.energy_at_ns == 0)
      state.energy_at_ns = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
                           static_cast<std::uint64_t>(now.tv_nsec);
  }
  std::string draft = path + ".XXXXXX";
  const int fd = mkostemp(draft.data(), O_CLOEXEC);
  if (fd < 0) return cannot_create(path, errno);
  const mode_t mask = umask(0);
  umask(mask);
  bool written = fchmod(fd, 0666 & ~mask) == 0 && write_node(fd, *stamped);
  int error = written ? 0 : errno;
  if (close(fd) != 0 && error == 0) error = errno;
  if (error == 0) error = put_in_place(draft, path, replace);
  if (error == 0) return {};
  unlink(draft.c_str());
  if (error == EEXIST) return fail(Code::kConflict, path + " exists already", make_a_new_one(path));
  return cannot_create(path, error);
}

std::string default_state_path() {
  const auto said = [](const char* name) -> std::string {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it meanwhile
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
  };
  std::string path = said("SEPTET_SIM");
  if (!path.empty() && path != "1") return path;
  const std::string state_home = said("XDG_STATE_HOME");
  if (state_home.starts_with("/"))
    return state_home + "/septet/node";  // relative ones are void (XDG)
  const std::string home = said("HOME");
  if (!home.empty()) return home + "/.local/state/septet/node";
  return "/tmp/septet-" + std::to_string(getuid()) + "/node";
}

}  // namespace septet::driver::simulated
