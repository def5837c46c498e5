#include "lab/queue/migbench_world.h"

#include <array>
#include <cmath>

#include "base/random.h"

namespace septet::lab::queue {

namespace {

constexpr double kMedian = 600, kSigma = 0.8;

// By class: slices and double memory, the smallest first.
std::vector<double> weights_of(MigBenchMix mix, const plan::online::Shape& shape) {
  const bool all = mix == MigBenchMix::kSixProfiles;
  std::vector<double> weights;
  for (unsigned cls = 0; cls < shape.classes(); ++cls) {
    switch (shape.profile(cls).slices) {
      case 1: weights.push_back(shape.class_units(cls) == 1 ? 35 : all ? 10 : 0); break;
      case 2: weights.push_back(25); break;
      case 3: weights.push_back(all ? 15 : 25); break;
      case 4: weights.push_back(all ? 10 : 0); break;
      default: weights.push_back(5); break;
    }
  }
  return weights;
}

unsigned draw_class(Random& random, const std::vector<double>& weights) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  double at = random.uniform() * sum;
  for (unsigned cls = 0; cls < weights.size(); ++cls) {
    at -= weights[cls];
    if (at < 0) return cls;
  }
  return 0;
}

}  // namespace

Result<SliceWorld> migbench_world(MigBenchMix mix, std::uint64_t seed, const MigBenchSize& size) {
  const mig::Product* const product = mig::find_product(kMigBenchProduct);
  if (product == nullptr) return fail(Code::kNotFound, "there is no H100 among the products");
  const mig::Geometry& geometry = product->geometry;
  SliceWorld world;
  world.pool.shape =
      std::make_shared<const plan::online::Shape>(geometry, plan::online::plain_profiles(geometry));
  world.pool.gpus = size.gpus;
  const std::vector<double> weights = weights_of(mix, *world.pool.shape);
  Random random(seed);
  Random gaps = random.split(1);  // arrivals do not move when the mix does
  double work = 0;                // slice seconds
  for (std::size_t i = 0; i < size.jobs; ++i) {
    SliceJob job;
    job.request = draw_class(random, weights);
    job.seconds = kMedian * std::exp(kSigma * random.normal());
    work += job.seconds * world.pool.shape->profile(job.request).slices;
    world.jobs.push_back(job);
  }
  const double gap =
      work / (static_cast<double>(size.jobs) * size.gpus * geometry.slices) / size.load;
  double at = 0;
  for (SliceJob& job : world.jobs) job.arrives = at += gaps.exponential(gap);
  return world;
}

}  // namespace septet::lab::queue
