// slurm/free_slices.h — what is free on a node, counted by type, while a decision is made.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mig/fit_table.h"
#include "slurm/cluster_json.h"

namespace septet::slurm {

// What a job asks of one node. Jobs that ask the same share one.
struct Demand {
  std::vector<publish::GresCount> slices;
  std::uint64_t cpus = 1;
  friend bool operator<(const Demand& a, const Demand& b);
};

struct FreeNode {
  std::map<std::string, std::int64_t, std::less<>> free;  // by type
  std::int64_t cpus = 0;
  bool claimed = false;  // a job will start here

  bool take(const Demand& demand);  // false: does not fit, and nothing was taken
};
FreeNode free_of(const SlurmNode& node);

// The GPUs of a node, empty, being cut for jobs.
class NewCut {
 public:
  NewCut(const mig::FitTable& table, const mig::Geometry& geometry, unsigned gpus,
         std::uint64_t cpus)
      : table_(&table), geometry_(&geometry), gpus_(gpus), cpus_(cpus) {}

  bool take(const Demand& demand);       // as of FreeNode
  bool place(std::string_view profile);  // one slice more; false: no room
  // "3g.40gb:4" by GPU.
  std::vector<std::vector<std::string>> layout() const;

 private:
  struct Gpu {
    mig::Occupancy taken;
    std::vector<std::string> instances;
  };
  bool place_in(std::vector<Gpu>& gpus, std::string_view profile) const;

  const mig::FitTable* table_;
  const mig::Geometry* geometry_;
  std::vector<Gpu> gpus_;
  std::uint64_t cpus_;
};

}  // namespace septet::slurm
