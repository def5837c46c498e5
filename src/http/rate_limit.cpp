#include "http/rate_limit.h"

#include <arpa/inet.h>

#include <algorithm>

namespace septet::http {

bool RateLimit::take(const std::string& peer, Time now) {
  const double most = 2.0 * per_s_;
  const auto known = by_peer_.find(peer);
  if (known == by_peer_.end()) {
    if (newest_first_.size() >= most_peers_) {
      by_peer_.erase(newest_first_.back().peer);
      newest_first_.pop_back();
    }
    newest_first_.push_front({peer, most, now});
    by_peer_.emplace(peer, newest_first_.begin());
  } else {
    newest_first_.splice(newest_first_.begin(), newest_first_, known->second);
  }
  Bucket& bucket = newest_first_.front();
  const double passed_s = std::chrono::duration<double>(now - bucket.at).count();
  bucket.tokens = std::min(most, bucket.tokens + std::max(passed_s, 0.0) * per_s_);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

std::string rate_limited_peer(const std::string& address) {
  in6_addr bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), &bytes) != 1) return address;
  std::fill(std::begin(bytes.s6_addr) + 8, std::end(bytes.s6_addr), std::uint8_t{0});
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(AF_INET6, &bytes, text, sizeof(text));
  return std::string(text) + "/64";
}

}  // namespace septet::http
