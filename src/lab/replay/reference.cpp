#include "lab/replay/reference.h"

#include "plan/online/departures.h"
#include "plan/online/repack.h"

namespace septet::lab::replay {

Result<OnlineResult> replay_repacking(const std::vector<plan::online::Pool>& pools,
                                      const Stream& stream, const OnlineLength& length) {
  plan::online::Repack repack = TRY(plan::online::Repack::of(pools));
  const std::vector<unsigned> units = request_units(plan::online::FleetState(pools));
  OnlineResult result;
  result.arrived_of.resize(units.size());
  result.accepted_of.resize(units.size());
  Requests requests(stream);
  plan::online::Departures departures;  // a job is its class: all of a class are alike here
  const auto warm = static_cast<std::uint64_t>(length.warm_up * double(length.arrivals));
  for (std::uint64_t i = 0; i < length.arrivals; ++i) {
    const Request request = requests.next();
    while (!departures.empty() && departures.next().time <= request.time) {
      repack.release(departures.pop().job);
      ++result.events;
    }
    const bool accepted = repack.accept(request.cls);
    if (accepted) departures.push({request.time + request.life, request.cls});
    ++result.events;
    if (i < warm) continue;
    ++result.arrived;
    ++result.arrived_of[request.cls];
    result.arrived_units += units[request.cls];
    if (!accepted) continue;
    ++result.accepted;
    ++result.accepted_of[request.cls];
    result.accepted_units += units[request.cls];
  }
  return result;
}

Result<double> fluid_share(const std::vector<plan::online::Pool>& pools, const Stream& stream) {
  const std::vector<unsigned> units = request_units(plan::online::FleetState(pools));
  plan::online::Fluid fluid;
  for (std::size_t r = 0; r < stream.share.size(); ++r) {
    fluid.offered.push_back(stream.share[r] * stream.rate * stream.mean_life);
    fluid.value.push_back(units[r]);
  }
  return TRY(plan::online::fluid_bound(pools, fluid)).share;
}

}  // namespace septet::lab::replay
