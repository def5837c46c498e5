// kube/unix_socket.h — where a unix socket is.
#pragma once

#include <sys/un.h>

#include <string>

#include "base/result.h"

namespace septet::kube {

// kInvalidArgument: not absolute, or more than the 107 bytes that a socket's path may have.
Result<sockaddr_un> unix_address(const std::string& path);

}  // namespace septet::kube
