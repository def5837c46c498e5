#include "container/rootfs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/quoted.h"

namespace septet::container {

namespace {

namespace fs = std::filesystem;

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

std::unexpected<Error> cannot(const std::string& what, int error) {
  const bool rights = error == EACCES || error == EPERM || error == EROFS;
  return fail(rights ? Code::kNoPermission : Code::kUnavailable,
              fmt::format("cannot {}: {}", what, std::generic_category().message(error)),
              error == ENOSYS ? "openat2 needs Linux 5.6" : "");
}

// Never leaves `root`, whatever links say.
Result<Fd> open_inside(int root, const std::string& path, std::uint64_t flags,
                       std::uint64_t mode = 0) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.mode = mode;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const long fd = syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
  if (fd < 0) return cannot("open " + quoted(path) + " in the container", errno);
  return Fd(static_cast<int>(fd));
}

// The folder of `path`, made where it is not there.
Result<Fd> folder_inside(int root, const fs::path& path) {
  std::string so_far;
  for (const fs::path& part : path.parent_path().relative_path()) {
    auto parent = TRY(open_inside(root, so_far.empty() ? "/" : so_far, O_PATH | O_DIRECTORY));
    if (mkdirat(parent.get(), part.c_str(), 0755) != 0 && errno != EEXIST)
      return cannot("make the folder " + quoted(so_far + "/" + part.string()), errno);
    so_far += "/" + part.string();
  }
  return open_inside(root, so_far.empty() ? "/" : so_far, O_PATH | O_DIRECTORY);
}

bool same_user_namespace(int pid) {
  struct stat ours {
  }, theirs{};
  return stat("/proc/self/ns/user", &ours) == 0 &&
         stat(fmt::format("/proc/{}/ns/user", pid).c_str(), &theirs) == 0 &&
         ours.st_ino == theirs.st_ino;
}

// ---- the driver's files

struct Shown {
  std::string container_path;
  Fd tree;
};

Result<std::vector<Shown>> clone_trees(const std::vector<publish::CdiMount>& mounts) {
  std::vector<Shown> trees;
  for (const publish::CdiMount& mount : mounts) {
    const long fd = syscall(SYS_open_tree, AT_FDCWD, mount.host_path.c_str(),
                            OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (fd < 0) return cannot("take " + quoted(mount.host_path), errno);
    Fd tree(static_cast<int>(fd));
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    if (syscall(SYS_mount_setattr, tree.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) !=
        0)
      return cannot("make " + quoted(mount.host_path) + " read-only", errno);
    trees.push_back({mount.container_path, std::move(tree)});
  }
  return trees;
}

// "libcuda.so.1" -> "libcuda.so.580.65.06": what programs ask for, without running the image's or
// our own ldconfig in a root that others filled.
Result<> link_soname(int folder, const std::string& name) {
  const auto at = name.find(".so.");
  if (at == std::string::npos) return {};
  const std::string soname = name.substr(0, at) + ".so.1";
  if (soname == name || symlinkat(name.c_str(), folder, soname.c_str()) == 0 || errno == EEXIST)
    return {};
  return cannot("make " + quoted(soname), errno);
}

Result<> place(int root, const Shown& shown) {
  const fs::path path = shown.container_path;
  const Fd folder = TRY(folder_inside(root, path));
  // O_NOFOLLOW: a link of that name in the image is not written through.
  {
    const Fd made(openat(folder.get(), path.filename().c_str(),
                         O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (made.get() < 0) return cannot("make " + quoted(path.string()), errno);
  }
  const Fd target(openat(folder.get(), path.filename().c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (target.get() < 0) return cannot("open " + quoted(path.string()), errno);
  if (syscall(SYS_move_mount, shown.tree.get(), "", target.get(), "",
              MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
    return cannot("show " + quoted(path.string()), errno);
  return link_soname(folder.get(), path.filename());
}

// In a child, which may live in the container's mount namespace.
Result<> place_all(int pid, int root, const std::vector<Shown>& trees) {
  const Fd space(open(fmt::format("/proc/{}/ns/mnt", pid).c_str(), O_RDONLY | O_CLOEXEC));
  if (space.get() < 0 || setns(space.get(), CLONE_NEWNS) != 0)
    return cannot("enter the container's mounts", errno);
  for (const Shown& shown : trees) TRY(place(root, shown));
  return {};
}

}  // namespace

Rootfs::Rootfs(Rootfs&& other) noexcept
    : pid_(other.pid_), folder_(std::exchange(other.folder_, -1)) {}
Rootfs::~Rootfs() {
  if (folder_ >= 0) close(folder_);
}

Result<Rootfs> Rootfs::open(int pid, const std::string& root) {
  if (!same_user_namespace(pid))
    return fail(Code::kNotSupported,
                "the container has a user namespace, in whose mounts no device node opens",
                "use CDI there: septet publish cdi --output /etc/cdi/, and --device "
                "nvidia.com/gpu=0:1");
  // The magic link leads into the container's mounts, and nowhere by itself.
  const Fd outside(
      ::open(fmt::format("/proc/{}/root", pid).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (outside.get() < 0) return cannot("see the container's mounts", errno);
  Fd inside = TRY(open_inside(outside.get(), root, O_PATH | O_DIRECTORY));
  return Rootfs(pid, dup(inside.get()));
}

Result<> Rootfs::make_node(const std::string& path, publish::DeviceFile numbers) const {
  const Fd folder = TRY(folder_inside(folder_, path));
  const std::string name = fs::path(path).filename();
  const dev_t device = makedev(numbers.major, numbers.minor);
  const mode_t before = umask(0);
  const int made = mknodat(folder.get(), name.c_str(), S_IFCHR | 0666, device);
  const int error = errno;
  umask(before);
  if (made == 0) return {};
  if (error != EEXIST) return cannot("make " + quoted(path) + " in the container", error);
  struct stat there {};
  if (fstatat(folder.get(), name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISCHR(there.st_mode) && there.st_rdev == device)
    return {};
  return fail(Code::kConflict, "the container has something else at " + quoted(path),
              "use an image without it");
}

Result<> Rootfs::show(const std::vector<publish::CdiMount>& mounts) const {
  if (mounts.empty()) return {};
  const auto trees = TRY(clone_trees(mounts));
  const pid_t child = fork();
  if (child < 0) return cannot("fork", errno);
  if (child == 0) {
    const auto done = place_all(pid_, folder_, trees);
    if (!done) fmt::print(stderr, "septet-oci-hook: {}\n", done.error().describe());
    std::fflush(nullptr);
    _exit(done ? 0 : 1);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return fail(Code::kUnavailable, "the driver's files could not be shown to the container");
}

}  // namespace septet::container
