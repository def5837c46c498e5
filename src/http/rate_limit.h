// http/rate_limit.h — whether a peer may ask again now.
//
// Pure: the time is an argument. One token bucket per peer: `per_s` tokens a second, at most twice
// as many saved up. The table is bounded: where it is full, the peer that asked longest ago leaves
// it, so what is remembered of many peers is wrong in their favour, never a growing table.
#pragma once

#include <chrono>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace septet::http {

class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit RateLimit(unsigned per_s, std::size_t most_peers = 1024)
      : per_s_(per_s), most_peers_(most_peers) {}

  // Takes one token of `peer`; false: it has none, and nothing was taken. Times do not go back.
  bool take(const std::string& peer, Time now);
  std::size_t peers() const { return newest_first_.size(); }

 private:
  struct Bucket {
    std::string peer;
    double tokens;
    Time at;
  };
  unsigned per_s_;
  std::size_t most_peers_;
  std::list<Bucket> newest_first_;
  std::unordered_map<std::string, std::list<Bucket>::iterator> by_peer_;
};

// Whose bucket an address uses: an IPv6 host has a whole /64 to ask from ("2001:db8:1:2::/64").
std::string rate_limited_peer(const std::string& address);

}  // namespace septet::http
