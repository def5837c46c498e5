// simnvml/export_table.cpp — the table of private functions that NVIDIA's own tools ask for.
//
// Ours holds its own size and nothing else: a client that checks the size finds no function to
// call.
#include <cstdint>

#include "simnvml/abi/prototypes_library.h"

nvmlReturn_t nvmlInternalGetExportTable(const void** table, const void*) {
  static constexpr std::uint64_t kTable[] = {sizeof(std::uint64_t)};
  if (table == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  *table = kTable;
  return NVML_SUCCESS;
}
