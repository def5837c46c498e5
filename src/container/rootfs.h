// container/rootfs.h — makes device nodes, and shows the driver's files, in a container's root that
// somebody else may have filled with traps.
//
// Every path is resolved inside the container's root by the kernel (openat2, RESOLVE_IN_ROOT): a
// symbolic link in an image leads nowhere outside. A node that is there already must be the one
// that is meant.
// The mounts are those of the container's mount namespace, reached through /proc/PID/root: to be
// called before the container's first process has its root changed (an OCI prestart hook is).
// Errors. kUnavailable, kNoPermission: the call that failed, on what. kConflict: something else is
//         at a node's place. kNotSupported: the container has a user namespace, in whose mounts no
//         device node opens.
#pragma once

#include <string>
#include <vector>

#include "container/device_files.h"

namespace septet::container {

class Rootfs {
 public:
  // `root`: absolute path of the root on the host.
  static Result<Rootfs> open(int pid, const std::string& root);
  Rootfs(Rootfs&& other) noexcept;
  Rootfs& operator=(Rootfs&&) = delete;
  Rootfs(const Rootfs&) = delete;
  Rootfs& operator=(const Rootfs&) = delete;
  ~Rootfs();

  Result<> make_node(const std::string& path, publish::DeviceFile numbers) const;
  // Read-only, and "libcuda.so.1" beside "libcuda.so.580.65.06". Nothing to do: no call.
  Result<> show(const std::vector<publish::CdiMount>& mounts) const;

 private:
  Rootfs(int pid, int folder) : pid_(pid), folder_(folder) {}
  int pid_ = 0, folder_ = -1;
};

}  // namespace septet::container
