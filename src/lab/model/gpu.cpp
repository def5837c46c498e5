#include "lab/model/gpu.h"

#include <cmath>
#include <string>

#include "lab/model/power.h"

namespace septet::lab {

namespace {

// What data sheets say of one board; tensor-core peak without sparsity. `sheet` says what was read:
// the vendor's own paper where it could be had, else who quotes it.
struct Sheet {
  std::string_view product;
  double bf16_tflops, bandwidth_gb_s;
  double link_gb_s;  // effective
  std::string_view sheet;
};

constexpr double kGen4 = 25.0, kGen5 = 50.0;  // GB/s; model.md, 2
// NVLink-C2C: 450 GB/s one way on the data sheet; four fifths of it are taken to arrive.
constexpr double kC2c = 360.0;

constexpr Sheet kSheets[] = {
    {"a100-40gb", 312.0, 1555.0, kGen4, "NVIDIA A100 40GB SXM data sheet"},
    {"a100-80gb", 312.0, 2039.0, kGen4, "NVIDIA A100 80GB SXM data sheet; the PCIe board has 1935"},
    {"a30-24gb", 165.0, 933.0, kGen4, "NVIDIA A30 data sheet"},
    {"h100-sxm5-80gb", 989.5, 3350.0, kGen5, "NVIDIA H100 SXM data sheet"},
    {"h100-pcie-80gb", 756.5, 2000.0, kGen5,
     "NVIDIA H100 data sheet as HPC Tech reprints it (1,513 with "
     "sparsity); product brief PB-11133: above 2,000 GB/s"},
    {"h100-nvl-94gb", 835.0, 3900.0, kGen5,
     "835 and 3.9 TB/s as training code quotes NVIDIA's H100 page; "
     "page not seen"},
    {"h200-141gb", 989.5, 4800.0, kGen5, "NVIDIA H200 data sheet"},
    {"h20-96gb", 148.0, 4000.0, kGen5,
     "no data sheet is public; 148 and 4.0 TB/s as press, "
     "resellers and Hugging Face quote them"},
    {"gh200-96gb", 989.5, 4000.0, kC2c, "4 TB/s of HBM3: NVIDIA, as quoted; peak as H100 SXM"},
    {"gh200-144gb", 989.5, 4900.0, kC2c,
     "4.9 TB/s of HBM3e: NVIDIA, as quoted (5 when announced); "
     "peak as H100 SXM"},
    {"b200-180gb", 2250.0, 8000.0, kGen5,
     "NVIDIA Blackwell architecture brief, HGX B200 at 1,000 W, as "
     "Lockwood tabulates it"},
    {"gb200", 2500.0, 8000.0, kC2c,
     "NVIDIA Blackwell architecture brief, GB200 at 1,200 W, as "
     "Lockwood tabulates it"},
};

struct Residual {
  std::string_view product;
  Constant value;
};
constexpr Residual kResiduals[] = {
    {"a100-40gb",
     {0.02, Evidence::kMeasured, "MLPerf v1.1 HeteroMultiUse on A100-80: 1.3 to 1.7 %"}},
    {"a100-80gb", {0.02, Evidence::kMeasured, "MLPerf v1.1 HeteroMultiUse: 1.3 to 1.7 % mean"}},
    {"a30-24gb", {0.09, Evidence::kMeasured, "MLPerf v1.1, all slices busy: 8 to 9 %"}},
};
constexpr Constant kResidualElsewhere = {0.03, Evidence::kAssumed,
                                         "nobody published it; guessed from the power limit"};

constexpr std::string_view kFile = "the product's file in septet: septet products --product";

Constant of_file(mig::Fact fact) {
  return {static_cast<double>(fact.value), fact.known() ? Evidence::kPublished : Evidence::kAssumed,
          kFile};
}

Constant context_of(const mig::Product& product) {
  if (product.id.starts_with("a30"))
    return {26.0, Evidence::kAssumed, "the low end of 26 to 50 W on HBM GPUs, arXiv 2605.23918"};
  const bool measured = product.architecture != mig::Architecture::kBlackwell;
  return {38.0, measured ? Evidence::kMeasured : Evidence::kAssumed,
          "the middle of 26 to 50 W on HBM GPUs, arXiv 2605.23918"};
}

Constant link_of(const Sheet& sheet) {
  if (sheet.link_gb_s == kC2c)
    return {kC2c, Evidence::kAssumed, "four fifths of NVLink-C2C's 450 GB/s one way"};
  return {sheet.link_gb_s, Evidence::kAssumed,
          "effective PCIe rate, four fifths of Gen4's 31.5 or Gen5's 63 GB/s"};
}

Constant residual_of(std::string_view product) {
  for (const Residual& known : kResiduals) {
    if (known.product == product) return known.value;
  }
  return kResidualElsewhere;
}

// A load at which everything is busy slows down by the residual when its power is brought back to
// the limit: the one point of the power curve that was measured.
Constant peak_of(const Constant& limit, const Constant& residual) {
  return {limit.value * std::pow(1.0 + residual.value, kClockExponent), Evidence::kAssumed,
          "chosen so that the power limit explains the residual"};
}

void say_validation(GpuModel& model) {
  if (model.product->id == "a100-80gb") {
    model.validated = true;
    model.validation = "ParvaGPU, MLPerf, nos and NJIT measured it per slice";
  } else if (model.product->id == "a100-40gb") {
    model.validated = true;
    model.validation = "MISO measured it per slice";
  } else if (model.product->id == "a30-24gb") {
    model.validated = true;
    model.validation = "MLPerf measured one and all slices; no other workload";
  } else {
    model.validation = "modelled, not validated on this GPU: no per-slice times are published";
  }
}

}  // namespace

std::string_view to_string(Evidence evidence) {
  switch (evidence) {
    case Evidence::kMeasured: return "measured";
    case Evidence::kPublished: return "published";
    case Evidence::kAssumed: return "assumed";
  }
  return "assumed";
}

Result<GpuModel> gpu_model(const mig::Product& product) {
  for (const Sheet& sheet : kSheets) {
    if (sheet.product != product.id) continue;
    GpuModel model;
    model.product = &product;
    model.sms = of_file(product.total_sms);
    model.bf16_tflops = {sheet.bf16_tflops, Evidence::kPublished, sheet.sheet};
    model.bandwidth_gb_s = {sheet.bandwidth_gb_s, Evidence::kPublished, sheet.sheet};
    model.pcie_gb_s = link_of(sheet);
    model.idle_w = of_file(product.power_idle_w);
    model.context_w = context_of(product);
    model.limit_w = of_file(product.power_limit_w);
    model.residual = residual_of(product.id);
    model.peak_w = peak_of(model.limit_w, model.residual);
    say_validation(model);
    return model;
  }
  return fail(Code::kNotSupported,
              "the lab knows no bandwidth and peak arithmetic of " + std::string(product.id),
              "use the nearest board it knows, such as a100-80gb, h100-sxm5-80gb or b200-180gb");
}

Result<plan::Share> share_on(const GpuModel& gpu, const mig::GpuInstanceProfile& profile) {
  const auto share = plan::share_of(*gpu.product, profile);
  if (share) return *share;
  return fail(Code::kNotSupported,
              "how many SMs " + std::string(profile.name) + " of " + std::string(gpu.product->id) +
                  " has is not known",
              "use another profile: septet profiles --product " + std::string(gpu.product->id));
}

}  // namespace septet::lab
