#include "kube/list_stream.h"

#include <utility>

namespace septet::kube {
namespace {

v1beta1::ListAndWatchResponse list_message(const std::vector<ListedDevice>& devices) {
  v1beta1::ListAndWatchResponse message;
  for (const ListedDevice& device : devices) {
    v1beta1::Device& row = *message.add_devices();
    row.set_id(device.id);
    row.set_health(device.healthy ? "Healthy" : "Unhealthy");
    if (device.numa_node) row.mutable_topology()->add_nodes()->set_id(*device.numa_node);
  }
  return message;
}

}  // namespace

// One call. Everything but the reactions is called with the list's lock held: gRPC never runs a
// reaction inside the function that starts it.
class ListStream final : public grpc::ServerWriteReactor<v1beta1::ListAndWatchResponse> {
 public:
  explicit ListStream(std::shared_ptr<DeviceList> list) : list_(std::move(list)) {}

  bool told(const DeviceList::Devices& latest) const {
    return finished_ || latest == nullptr || (!writing_ && same(told_, latest));
  }
  bool open() const { return !finished_; }

  void tell(const DeviceList::Devices& latest) {
    if (finished_ || writing_ || latest == nullptr || same(told_, latest)) return;
    message_ = list_message(*latest);
    told_ = latest;
    writing_ = true;
    StartWrite(&message_);
  }
  void finish(grpc::Status status) {
    if (std::exchange(finished_, true)) return;
    Finish(std::move(status));
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(list_->guard_);
    writing_ = false;
    if (ok) {
      tell(list_->latest_);
    } else {
      finish(grpc::Status(grpc::StatusCode::CANCELLED, "the stream is broken"));
    }
    list_->changed_.notify_all();
  }
  void OnCancel() override {
    const std::lock_guard lock(list_->guard_);
    finish(grpc::Status::CANCELLED);
    list_->changed_.notify_all();
  }
  void OnDone() override {
    const auto list = list_;
    {
      const std::lock_guard lock(list->guard_);
      list->streams_.erase(this);
      list->changed_.notify_all();
    }
    delete this;
  }

 private:
  static bool same(const DeviceList::Devices& a, const DeviceList::Devices& b) {
    return a != nullptr && b != nullptr && (a == b || *a == *b);
  }

  std::shared_ptr<DeviceList> list_;
  DeviceList::Devices told_;  // written, or being written
  v1beta1::ListAndWatchResponse message_;
  bool writing_ = false, finished_ = false;
};

void DeviceList::replace(std::vector<ListedDevice> devices) {
  auto latest = std::make_shared<const std::vector<ListedDevice>>(std::move(devices));
  const std::lock_guard lock(guard_);
  latest_ = std::move(latest);
  for (ListStream* stream : streams_) stream->tell(latest_);
}

bool DeviceList::all_told() const {
  for (const ListStream* stream : streams_) {
    if (!stream->told(latest_)) return false;
  }
  return true;
}

bool DeviceList::told(std::chrono::milliseconds wait) {
  std::unique_lock lock(guard_);
  return changed_.wait_for(lock, wait, [this] { return all_told(); });
}

unsigned DeviceList::streams() const {
  const std::lock_guard lock(guard_);
  unsigned open = 0;
  for (const ListStream* stream : streams_) open += stream->open() ? 1u : 0u;
  return open;
}

void DeviceList::close() {
  const std::lock_guard lock(guard_);
  closed_ = true;
  for (ListStream* stream : streams_) stream->finish(grpc::Status::OK);
  changed_.notify_all();
}

grpc::ServerWriteReactor<v1beta1::ListAndWatchResponse>* DeviceList::open_stream() {
  auto* const stream = new ListStream(shared_from_this());
  const std::lock_guard lock(guard_);
  streams_.insert(stream);
  if (closed_) {
    stream->finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the plugin is stopping"));
  } else {
    stream->tell(latest_);
  }
  return stream;
}

}  // namespace septet::kube
