// FolderWatch by inotify.
#include <dirent.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "kube/device_plugin.h"

namespace septet::kube {
namespace {

constexpr std::uint32_t kMade = IN_CREATE | IN_MOVED_TO;
constexpr std::uint32_t kRemoved = IN_DELETE | IN_MOVED_FROM;
constexpr std::uint32_t kGone = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;

void add_once(std::vector<std::string>& names, std::string name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
}

class InotifyWatch final : public FolderWatch {
 public:
  InotifyWatch(int descriptor, std::string folder)
      : descriptor_(descriptor), folder_(std::move(folder)) {}
  InotifyWatch(const InotifyWatch&) = delete;
  InotifyWatch& operator=(const InotifyWatch&) = delete;
  ~InotifyWatch() override { ::close(descriptor_); }

  int descriptor() const override { return descriptor_; }
  Change changed() override {
    Change change;
    alignas(inotify_event) std::array<char, 16384> events;
    for (;;) {
      const ssize_t got = ::read(descriptor_, events.data(), events.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      take({events.data(), static_cast<std::size_t>(got)}, change);
    }
    if (change.missed) add_present(change);
    return change;
  }

 private:
  static void take(std::string_view events, Change& change) {
    while (events.size() >= sizeof(inotify_event)) {
      inotify_event event{};
      std::memcpy(&event, events.data(), sizeof(event));
      std::string name;
      if (event.len > 0) name = events.data() + sizeof(event);  // padded with zero bytes
      if ((event.mask & kMade) != 0) add_once(change.made, name);
      if ((event.mask & kRemoved) != 0) add_once(change.removed, name);
      if ((event.mask & kGone) != 0) change.gone = true;
      if ((event.mask & IN_Q_OVERFLOW) != 0) change.missed = true;
      events.remove_prefix(sizeof(event) + event.len);
    }
  }
  void add_present(Change& change) const {
    DIR* const folder = ::opendir(folder_.c_str());
    if (folder == nullptr) return;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): this stream is ours alone
    while (const dirent* const entry = ::readdir(folder)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") add_once(change.made, std::string(name));
    }
    ::closedir(folder);
  }

  int descriptor_;
  std::string folder_;
};

}  // namespace

Result<std::unique_ptr<FolderWatch>> FolderWatch::open(const std::string& folder) {
  const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  const auto failed = [&] {
    const int why = errno;
    return fail(why == ENOENT ? Code::kNotFound : Code::kUnavailable,
                "watch the folder " + folder + ": " + strerrordesc_np(why),
                why == EMFILE || why == ENOSPC
                    ? "raise fs.inotify.max_user_instances and max_user_watches"
                    : "check that it is there and may be read");
  };
  if (descriptor < 0) return failed();
  auto watch = std::make_unique<InotifyWatch>(descriptor, folder);
  constexpr std::uint32_t kMask =
      kMade | kRemoved | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;
  if (::inotify_add_watch(descriptor, folder.c_str(), kMask) < 0) return failed();
  return watch;
}

}  // namespace septet::kube
