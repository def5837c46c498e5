// plan/workload.h — what somebody wants to run: a profile by name, or needs, or measured
// performance with an objective; how many of it, where it may run and beside whom, and what goes
// first.
//
// Units.  Memory in bytes, as written (14 GiB = 14 * 2^30, 14 GB = 14 * 10^9); compute in percent
//         of the SMs that the product's largest profile has, in SMs, or in compute slices. Rates in
//         items per second, latencies in milliseconds.
// Shapes. A workload list is in the order of its file. When not everything fits, the larger
// priority
//         goes first and of equals the earlier one (in_order_of_priority).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace septet::plan {

// Engines beyond SMs and memory that one instance must have.
struct MediaNeed {
  unsigned decoders = 0, jpeg = 0, optical_flow = 0;
  bool any() const { return decoders + jpeg + optical_flow > 0; }
  friend bool operator==(const MediaNeed&, const MediaNeed&) = default;
};

inline constexpr double kLeastRate = 1e-9;  // items per second; less is a mistake of units

// What a workload did on an instance of one profile when somebody measured it.
struct Measurement {
  std::string profile;  // as written
  unsigned batch = 1, processes = 1;
  double per_second = 0.0;  // items, all processes together; 0: it did not run (out of memory)
  double latency_ms = 0.0;  // of one batch
  std::string where;        // "FILE:LINE:COLUMN"
};

// Measurements on one product. Those of another say nothing about it.
struct Measured {
  std::string product;  // "a100-80gb"
  bool training = false;
  bool fill_in = true;  // profiles that were not measured may be modelled (performance.h)
  std::vector<Measurement> rows;
  std::string where;
};

// What a measured workload must reach, all its instances together.
struct Objective {
  double per_second = 0.0;
  std::optional<double> latency_ms;  // of one batch, queueing included
  double latency_share = 1.0;        // of it that a measured latency may be; the rest is for queues
};

struct Workload {
  std::string name;
  unsigned replicas = 1;
  std::string profile;  // as written; empty: by needs
  std::optional<std::uint64_t> memory_bytes;
  std::optional<double> compute_percent;
  std::optional<unsigned> sms, slices;
  MediaNeed media;
  std::optional<Objective> objective;  // with `measured`: instances are as many as it takes
  std::vector<Measured> measured;      // by product; only such as it may run on
  int priority = 0;
  std::vector<std::string> products;    // as mig::products() names them; empty: any
  bool apart = false;                   // no two of its replicas on one GPU
  std::vector<std::string> apart_from;  // workloads of the list that share no GPU with it
  std::string where;  // "FILE:LINE:COLUMN", for complaints that only a product can give rise to
};

// May it run on this product? An empty id (a board that is in no table) is none that was named.
bool allowed_on(const Workload& workload, std::string_view product);
// "workload chat may run on a100-80gb and h200-141gb, not on a30-24gb"; for the same ids.
std::string not_allowed_text(const Workload& workload, std::string_view product);

// Are replicas of the two kept from sharing a GPU, whichever of them says so? Of one with itself:
// with more than one replica.
bool kept_apart(const Workload& a, const Workload& b);

std::vector<Workload> in_order_of_priority(std::vector<Workload> workloads);

// "14GiB", "14 Gi", "20000 MiB", "20GB", "1.5TB": a number and a unit, nothing else. nullopt
// otherwise; a number without a unit is nullopt too, because nobody knows which was meant.
std::optional<std::uint64_t> parse_memory(std::string_view text);
std::string memory_text(std::uint64_t bytes);                // "14 GiB", "18.63 GiB", "512 MiB"
std::optional<double> parse_percent(std::string_view text);  // "30%": (0, 100]
std::optional<double> parse_milliseconds(std::string_view text);  // "40ms", "0.4s", "900us"
std::optional<double> parse_rate(std::string_view text);          // "353", "353/s": [1e-9, 1e9]

// "14 GiB, 30% of the SMs": the needs in words; "profile 2g.20gb" when it names one.
std::string to_string(const Workload& workload);

}  // namespace septet::plan
