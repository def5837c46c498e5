// lab/sharing/seats.h — which replica runs where under one mode: the question before the
// simulation.
//
// A domain is a part of a GPU whose SMs its clients share: the whole GPU, or one instance. Domains
// of one GPU are numbered from 0 in the order of their start. A seating holds from `at` on; there
// is one more per layout change.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "lab/scenario/scenario.h"
#include "lab/sharing/simulate.h"
#include "mig/layout.h"

namespace septet::lab::sharing {

// A replica of a tenant: one process.
struct Client {
  std::string name;
  const Tenant* tenant = nullptr;
  std::vector<TracedArrival> arrivals;  // empty for a closed loop
  Random random{0};                     // of its think times
};
std::vector<Client> clients_of(const Scenario& scenario);

enum class Discipline : std::uint8_t { kTurns, kTogether };

struct Domain {
  plan::Share share{1.0, 1.0};
  Discipline discipline = Discipline::kTurns;
  double weight = 1.0;  // of the GPU's engine: compute slices over all slices
  double link_cap = 0;  // bytes per second
  std::optional<mig::Instance> instance;
};

struct Seat {
  unsigned gpu = 0, domain = 0;
  double sm_cap = 0;  // thread percentage as a share of the GPU; 0: none
  friend bool operator==(const Seat&, const Seat&) = default;
};

struct Seating {
  double at = 0;
  double overhead_seconds = 0;  // of the change into this one, on top of the calls
  std::vector<std::vector<Domain>> gpus;
  std::vector<mig::Layout> layouts;        // by GPU, of MIG modes
  std::vector<std::optional<Seat>> seats;  // by client; nullopt: none until the next change
};

struct Seats {
  std::string impossible;  // why the mode cannot run the scenario; then no seatings
  std::vector<Seating> seatings;
  std::vector<std::string> notes;
};

Result<Seats> find_seats(const Scenario& scenario, Mode mode, const std::vector<Client>& clients,
                         const SimulateOptions& options);

// --- The parts of it, one file each.

// One GPU each, or all on the fewest (time-slicing, MPS).
Seats seats_on_whole_gpus(const Scenario& scenario, Mode mode, const std::vector<Client>& clients,
                          const SimulateOptions& options);
Result<Seats> seats_in_instances(const Scenario& scenario, Mode mode,
                                 const std::vector<Client>& clients,
                                 const SimulateOptions& options);
// Which bin each item goes to: the largest load first, to the bin with least load for its capacity
// among those with memory left; nullopt: memory does not suffice.
struct Item {
  double load = 0, memory = 0;
};
struct Room {
  double capacity = 1, memory = 0;
  unsigned most_items = 48;  // clients of one MPS server: Volta and later, NVIDIA MPS documentation
};
std::optional<std::vector<std::size_t>> balance(const std::vector<Item>& items,
                                                const std::vector<Room>& rooms);
// Share of time for which a client would keep the whole GPU busy; 1 for a closed loop without
// thinking.
double load_of(const Client& client, double seconds);

}  // namespace septet::lab::sharing
