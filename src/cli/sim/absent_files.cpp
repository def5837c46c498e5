#include "cli/sim/absent_files.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstddef>
#include <cstring>

namespace septet::cli::sim {

namespace {

// The path argument of a call that waits, as the child has it; empty when it cannot be read.
std::string path_of(const seccomp_notif& call) {
  char text[PATH_MAX];
  const std::uint64_t address = call.data.args[1];
  // Page by page: a string that ends just before unmapped memory is still a string.
  std::size_t length = 0;
  while (length < sizeof text) {
    const std::size_t page = 4096 - (address + length) % 4096;
    const std::size_t want = std::min(page, sizeof text - length);
    iovec local{text + length, want};
    iovec remote{reinterpret_cast<void*>(address + length), want};
    const ssize_t got = process_vm_readv(static_cast<pid_t>(call.pid), &local, 1, &remote, 1, 0);
    if (got <= 0) return {};
    const void* end = std::memchr(text + length, 0, static_cast<std::size_t>(got));
    if (end != nullptr) return text;
    length += static_cast<std::size_t>(got);
  }
  return {};
}

bool send_descriptor(int socket, int descriptor) {
  char byte = descriptor >= 0 ? 'y' : 'n';
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  return sendmsg(socket, &message, 0) == 1;
}

}  // namespace

bool ask_before_opening(int socket) {
  // openat of this architecture asks; everything else passes. sendmsg and exec are not openat.
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 2),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
  };
  const sock_fprog program{sizeof code / sizeof code[0], code};
  int listener = -1;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
    listener = static_cast<int>(
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
  }
  const bool sent = send_descriptor(socket, listener);
  if (listener >= 0) close(listener);
  return sent && listener >= 0;
}

int receive_listener(int socket) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1) return -1;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return -1;
  int descriptor = -1;
  std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
  return descriptor;
}

void answer_one(int listener, const std::map<std::string, std::filesystem::path>& files) {
  seccomp_notif call{};
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) return;  // the caller is gone
  if (const auto found = files.find(path_of(call)); found != files.end()) {
    const int file = open(found->second.c_str(), O_RDONLY | O_CLOEXEC);
    seccomp_notif_addfd add{};
    add.id = call.id;
    add.flags = SECCOMP_ADDFD_FLAG_SEND;
    add.srcfd = static_cast<unsigned>(file);
    add.newfd_flags = static_cast<unsigned>(call.data.args[2]) & O_CLOEXEC;
    const bool given = file >= 0 && ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) >= 0;
    if (file >= 0) close(file);
    if (given) return;
  }
  seccomp_notif_resp answer{};
  answer.id = call.id;
  answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

}  // namespace septet::cli::sim
