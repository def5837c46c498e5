#include "kube/unix_socket.h"

#include <sys/socket.h>

namespace septet::kube {

Result<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  if (!path.starts_with('/')) {
    return fail(Code::kInvalidArgument, "the socket path \"" + path + "\" is not absolute");
  }
  if (path.size() >= sizeof(address.sun_path)) {
    return fail(Code::kInvalidArgument,
                "the socket path " + path + " has " + std::to_string(path.size()) +
                    " bytes, a socket's path at most 107",
                "use a shorter folder");
  }
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  return address;
}

}  // namespace septet::kube
