#include "partition/lease.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/json.h"
#include "partition/state_directory.h"

namespace septet::partition {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostLeaseBytes = 64 << 10;

std::unexpected<Error> lease_error(const std::string& path, int error) {
  const bool rights = error == EACCES || error == EPERM || error == EROFS;
  return fail(rights ? Code::kNoPermission : Code::kUnavailable,
              fmt::format("the lease {}: {}", path, std::generic_category().message(error)),
              rights ? "run as its owner" : "look at what stands there");
}

std::string lease_text(const Lease& lease) {
  const Json json = {{"gpu", lease.gpu_uuid},     {"profile_id", lease.profile_id},
                     {"profile", lease.profile},  {"start", lease.at.start},
                     {"size", lease.at.size},     {"mig", lease.mig_uuid},
                     {"made", lease.made},        {"keep", lease.keep},
                     {"pid", lease.holder.pid},   {"uid", lease.holder.uid},
                     {"user", lease.holder.user}, {"command", lease.holder.command},
                     {"since_ns", lease.since_ns}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Lease> parse_lease(const std::string& path, const std::string& text) {
  try {
    const Json json = Json::parse(text);
    Lease lease;
    lease.gpu_uuid = json.at("gpu").get<std::string>();
    lease.profile_id = json.at("profile_id").get<std::uint32_t>();
    lease.profile = json.at("profile").get<std::string>();
    lease.at = {json.at("start").get<std::uint8_t>(), json.at("size").get<std::uint8_t>()};
    lease.mig_uuid = json.at("mig").get<std::string>();
    lease.made = json.at("made").get<bool>();
    lease.keep = json.at("keep").get<bool>();
    lease.holder.pid = json.at("pid").get<std::int64_t>();
    lease.holder.uid = json.at("uid").get<std::int64_t>();
    lease.holder.user = json.at("user").get<std::string>();
    lease.holder.command = json.at("command").get<std::string>();
    lease.since_ns = json.at("since_ns").get<std::int64_t>();
    return lease;
  } catch (const Json::exception& error) {
    return fail(Code::kInvalidArgument, fmt::format("{} is no lease: {}", path, error.what()),
                "remove it, when no septet run is running");
  }
}

Result<std::string> read_whole(int file, const std::string& path) {
  std::string text(kMostLeaseBytes, '\0');
  const ssize_t got = pread(file, text.data(), text.size(), 0);
  if (got < 0) return lease_error(path, errno);
  text.resize(static_cast<std::size_t>(got));
  return text;
}

Result<> write_whole(int file, const std::string& path, const std::string& text) {
  // One page and one write: what is read is the text before or after.
  const ssize_t wrote = pwrite(file, text.data(), text.size(), 0);
  if (wrote != static_cast<ssize_t>(text.size())) return lease_error(path, wrote < 0 ? errno : EIO);
  if (ftruncate(file, static_cast<off_t>(text.size())) != 0 || fsync(file) != 0)
    return lease_error(path, errno);
  return {};
}

}  // namespace

HeldLease::HeldLease(HeldLease&& other) noexcept
    : file_(std::exchange(other.file_, -1)), path_(std::move(other.path_)) {}

HeldLease::~HeldLease() {
  if (file_ >= 0) close(file_);
}

Result<HeldLease> HeldLease::begin(const std::string& folder, const Lease& lease) {
  const std::string runs = TRY(make_state_directory(folder + "/runs"));
  const std::string path = fmt::format("{}/{}-{}.json", runs, lease.holder.pid, lease.since_ns);
  const std::string fresh = path + ".new";
  HeldLease held(open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600),
                 path);
  // Waits at most for somebody who looks at it.
  if (held.file_ < 0 || flock(held.file_, LOCK_EX) != 0) return lease_error(fresh, errno);
  TRY(write_whole(held.file_, fresh, lease_text(lease)));
  if (rename(fresh.c_str(), path.c_str()) != 0) return lease_error(path, errno);
  return held;
}

// In place, for the lock is on this very file; a reader that finds it torn finds it locked too, or
// its writer was killed within one write.
Result<> HeldLease::rewrite(const Lease& lease) {
  std::string text = lease_text(lease);
  return write_whole(file_, path_, text);
}

Result<> HeldLease::end() {
  if (unlink(path_.c_str()) != 0 && errno != ENOENT) return lease_error(path_, errno);
  return {};
}

// Goes through the files; what a file is, the lock says.
class LeaseFolder {
 public:
  explicit LeaseFolder(const std::string& folder) : folder_(folder + "/runs") {}

  // Shared, so that those who only look do not take each other for holders.
  Result<std::vector<Lease>> live(const std::string& except) {
    std::vector<Lease> found;
    const auto visited = each(LOCK_SH, [&](HeldLease& held, bool free) -> Result<> {
      if (free || held.path() == except || !held.path().ends_with(".json")) return {};
      const std::string text = TRY(read_whole(held.file_, held.path()));
      found.push_back(TRY(parse_lease(held.path(), text)));
      return {};
    });
    if (!visited) return std::unexpected(visited.error());
    return found;
  }

  Result<std::vector<Stray>> strays() {
    std::vector<Stray> found;
    const auto visited = each(LOCK_EX, [&](HeldLease& held, bool free) -> Result<> {
      if (!free) return {};
      // Killed before it had its name: nothing was touched.
      if (!held.path().ends_with(".json")) return held.end();
      const std::string text = TRY(read_whole(held.file_, held.path()));
      auto lease = TRY(parse_lease(held.path(), text));
      found.push_back({std::move(lease), std::move(held)});
      return {};
    });
    if (!visited) return std::unexpected(visited.error());
    return found;
  }

 private:
  template <typename Visit>
  Result<> each(int how, const Visit& visit) {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder_, failed)) {
      const std::string path = entry.path().string();
      const int file = open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
      if (file < 0 && errno == ENOENT) continue;  // ended meanwhile
      if (file < 0) return lease_error(path, errno);
      HeldLease held(file, path);
      const bool free = flock(file, how | LOCK_NB) == 0;
      if (!free && errno != EWOULDBLOCK) return lease_error(path, errno);
      struct stat now {};
      if (fstat(file, &now) != 0 || now.st_nlink == 0) continue;  // ended meanwhile
      TRY(visit(held, free));
    }
    if (failed && failed != std::errc::no_such_file_or_directory)
      return lease_error(folder_, failed.value());
    return {};
  }
  std::string folder_;
};

Result<std::vector<Lease>> live_leases(const std::string& folder, const std::string& except) {
  return LeaseFolder(folder).live(except);
}

Result<std::vector<Stray>> take_strays(const std::string& folder) {
  return LeaseFolder(folder).strays();
}

const mig::GpuInstance* leased_instance(const mig::Gpu& gpu, const Lease& lease) {
  if (gpu.uuid != lease.gpu_uuid) return nullptr;
  const auto found = std::ranges::find_if(gpu.instances, [&](const mig::GpuInstance& instance) {
    return instance.profile_id == lease.profile_id && instance.at == lease.at;
  });
  return found == gpu.instances.end() ? nullptr : &*found;
}

void add_lease_holders(mig::Gpu& gpu, const std::vector<Lease>& live) {
  for (const Lease& lease : live) {
    const mig::GpuInstance* const found = leased_instance(gpu, lease);
    if (found == nullptr) continue;
    mig::Process holder;
    holder.pid = static_cast<std::uint32_t>(lease.holder.pid);
    holder.name = lease.holder.command;
    holder.gpu_instance = found->id;
    gpu.instances[static_cast<std::size_t>(found - gpu.instances.data())].processes.push_back(
        holder);
    gpu.processes.push_back(std::move(holder));
  }
}

void add_lease_holders(mig::Node& node, const std::vector<Lease>& live) {
  for (mig::Gpu& gpu : node.gpus) add_lease_holders(gpu, live);
}

}  // namespace septet::partition
